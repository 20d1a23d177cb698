/** Where an engine and ECS get images from: the registry's store, seen from its consumers. */
export interface ImageSource {
  /**
   * Resolves `<registry>/<repository>[:tag|@digest]` to this machine's platform.
   * Throws an error whose message is ECS's `CannotPullContainerError: …` when there is no such image.
   */
  pull(image: string): PulledImage;
  /** The bytes of a blob of a pulled image. */
  blob(digest: string): Uint8Array;
}

export interface PulledImage {
  repository: string;
  /** The digest the reference stands for: of the index where it is one. This is what ECS reports as `imageDigest`. */
  digest: string;
  config: ImageConfig;
  layers: { mediaType: string; digest: string; size: number }[];
}

/** The `config` of an OCI image configuration, as far as it is used. */
export interface ImageConfig {
  Env?: string[];
  Entrypoint?: string[];
  Cmd?: string[];
  WorkingDir?: string;
  Labels?: Record<string, string>;
}
