/** Something that the person who pins should know, and that does not stop the pin. */
export interface PinWarning {
  readonly code: "VERSIONING_UNKNOWN" | "VERSIONING_OFF" | "UNREPRESENTABLE_KEYS" | "UNSAFE_PATHS" | "PATH_CONFLICTS";
  /** Keys in it are escaped, and only the first twenty are named. */
  readonly message: string;
}
