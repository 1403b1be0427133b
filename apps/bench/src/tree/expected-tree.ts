/** What a tree must hold: each file's size and MD5 by path. */
export type ExpectedTree = ReadonlyMap<string, { readonly sizeBytes: number; readonly md5: string }>;
