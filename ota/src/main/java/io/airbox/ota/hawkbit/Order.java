package io.airbox.ota.hawkbit;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.airbox.ota.document.StrictJson;
import io.airbox.ota.hawkbit.Offer.Link;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An action: what to install and when. {@code deploymentBase} and {@code installedBase}. */
@JsonIgnoreProperties(ignoreUnknown = true)
record Order(String id, Deployment deployment) {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final String SKIP = "skip";
  private static final String FORCED = "forced";

  Order(@Nullable String id, @Nullable Deployment deployment) {
    this.id = actionId(id);
    this.deployment = StrictJson.required(deployment, "/deployment");
  }

  /** An action's id, when it is fit for a path and a log. */
  static String actionId(@Nullable String id) {
    String given = StrictJson.required(id, "/id");
    StrictJson.require(ID.matcher(given).matches(), "/id", given, "must be like " + ID);
    return given;
  }

  /** What to do with which files. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Deployment(
      @Nullable String download,
      @Nullable String update,
      @Nullable String maintenanceWindow,
      List<Chunk> chunks) {
    Deployment(
        @Nullable String download,
        @Nullable String update,
        @Nullable String maintenanceWindow,
        @Nullable List<Chunk> chunks) {
      this.download = download;
      this.update = update;
      this.maintenanceWindow = maintenanceWindow;
      this.chunks = chunks == null ? List.of() : List.copyOf(chunks);
    }
  }

  /** A software module. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Chunk(@Nullable String name, @Nullable String version, List<Artifact> artifacts) {
    Chunk(@Nullable String name, @Nullable String version, @Nullable List<Artifact> artifacts) {
      this.name = name;
      this.version = version;
      this.artifacts = artifacts == null ? List.of() : List.copyOf(artifacts);
    }
  }

  /** A file. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Artifact(
      String filename, long size, Hashes hashes, @JsonProperty("_links") Map<String, Link> links) {
    Artifact(
        @Nullable String filename,
        long size,
        @Nullable Hashes hashes,
        @Nullable Map<String, Link> links) {
      this.filename = StrictJson.required(filename, "/filename");
      this.size = size;
      this.hashes = hashes == null ? new Hashes(null) : hashes;
      this.links = links == null ? Map.of() : Map.copyOf(links);
    }

    Optional<String> link(String name) {
      return Optional.ofNullable(links.get(name)).map(Link::href);
    }
  }

  /** What the server computed of a file. Nobody signed it. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Hashes(@Nullable String sha256) {
    Hashes(@Nullable String sha256) {
      StrictJson.require(
          sha256 == null || SHA256.matcher(sha256).matches(),
          "/hashes/sha256",
          sha256,
          "must be 64 lower-case hex digits");
      this.sha256 = sha256;
    }
  }

  List<Artifact> artifacts() {
    return deployment.chunks().stream().flatMap(chunk -> chunk.artifacts().stream()).toList();
  }

  /** Whether files may be fetched now. */
  boolean mayDownload() {
    return !SKIP.equals(deployment.download());
  }

  /** Whether what was fetched may be installed now. */
  boolean mayInstall() {
    return !SKIP.equals(deployment.update())
        && !"unavailable".equals(deployment.maintenanceWindow());
  }

  /** Whether it ends with the download. In a maintenance window's absence it only waits. */
  boolean downloadOnly() {
    return SKIP.equals(deployment.update()) && deployment.maintenanceWindow() == null;
  }

  /** Whether somebody cannot wait. */
  boolean forced() {
    return FORCED.equals(deployment.download());
  }
}
