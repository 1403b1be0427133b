export function runFetchTask(): void {}
