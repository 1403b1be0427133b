const VARIABLES = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];

/** Whether the environment names a proxy; NO_PROXY may still exempt the store. */
export function isProxied(): boolean {
  return VARIABLES.some((name) => process.env[name]);
}
