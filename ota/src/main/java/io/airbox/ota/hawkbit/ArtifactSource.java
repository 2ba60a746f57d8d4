package io.airbox.ota.hawkbit;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import io.airbox.ota.download.DownloadListener;
import io.airbox.ota.download.DownloadOptions;
import io.airbox.ota.download.Downloader;
import io.airbox.ota.download.Mirror;
import io.airbox.ota.download.Time;
import io.airbox.ota.download.Web;
import io.airbox.ota.download.Web.GoneException;
import io.airbox.ota.hawkbit.Order.Artifact;
import io.airbox.ota.release.PackFiles;
import io.airbox.ota.release.ReleaseFile;
import io.airbox.ota.signing.Envelope;
import io.airbox.ota.store.FileSource;
import io.airbox.ota.store.Part;
import java.io.IOException;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The artifacts of an order. Files are found by their SHA-256, for hawkBit knows no folders: what
 * they are called there is for people. The one that is named {@value PackFiles#DOCUMENT}, or whose
 * name ends with {@value #ENVELOPE}, is the signed release.
 */
final class ArtifactSource implements FileSource {
  /** How the name of the signed release ends. */
  static final String ENVELOPE = ".release.json";

  private final Web web;
  private final String place;
  private final Artifact envelope;
  private final List<URI> envelopeAt;
  private final Downloader downloader;

  /** The links of one kind, by their files' SHA-256. */
  private record Links(String name, Map<String, URI> files) implements Mirror {
    @Override
    public Optional<URI> address(ReleaseFile file) {
      return Optional.ofNullable(files.get(file.sha256()));
    }
  }

  /**
   * @param place where the order is from, for people
   * @throws UpdateException {@code WRONG_CONTENT}: not one of the artifacts is a signed release, or
   *     several are; {@code UNREACHABLE}: none of its links may be followed
   */
  ArtifactSource(
      Order order,
      String place,
      Web web,
      DownloadOptions options,
      DownloadListener listener,
      Time time,
      RandomGenerator random) {
    this.web = web;
    this.place = place;
    this.envelope = envelopeOf(order);
    List<Links> mirrors = new ArrayList<>();
    List<URI> places = new ArrayList<>();
    for (String kind : List.of("download", "download-http")) {
      Map<String, URI> files = new HashMap<>();
      for (Artifact each : order.artifacts()) {
        Optional<URI> address = each.link(kind).flatMap(href -> allowed(href, options));
        if (each.equals(envelope)) {
          address.ifPresent(places::add);
        }
        String sha256 = each.hashes().sha256();
        if (sha256 != null && address.isPresent()) {
          files.putIfAbsent(sha256, address.get());
        }
      }
      if (!files.isEmpty()) {
        mirrors.add(new Links(place, Map.copyOf(files)));
      }
    }
    if (places.isEmpty() || mirrors.isEmpty()) {
      throw new UpdateException(
          Reason.UNREACHABLE,
          envelope.filename()
              + " has no link with TLS in "
              + place
              + "; serve hawkBit over HTTPS, or allow plain HTTP explicitly");
    }
    this.envelopeAt = List.copyOf(places);
    this.downloader = new Downloader(mirrors, web, options, listener, time, random);
  }

  private static Artifact envelopeOf(Order order) {
    List<Artifact> found =
        order.artifacts().stream().filter(each -> isRelease(each.filename())).toList();
    if (found.isEmpty()) {
      throw new UpdateException(
          Reason.WRONG_CONTENT,
          "action "
              + order.id()
              + " has no artifact *"
              + ENVELOPE
              + ", the signed release; `airbox models publish` puts it there");
    }
    if (found.size() > 1) {
      throw new UpdateException(
          Reason.WRONG_CONTENT,
          "action "
              + order.id()
              + " has several artifacts *"
              + ENVELOPE
              + ": "
              + String.join(", ", found.stream().map(Artifact::filename).toList())
              + "; a distribution set holds one release");
    }
    return found.get(0);
  }

  private static boolean isRelease(String name) {
    return name.equals(PackFiles.DOCUMENT) || name.endsWith(ENVELOPE);
  }

  private static Optional<URI> allowed(String href, DownloadOptions options) {
    try {
      return Optional.of(Web.checked(URI.create(href), options));
    } catch (UpdateException | IllegalArgumentException refused) {
      return Optional.empty();
    }
  }

  @Override
  public String place() {
    return place;
  }

  /**
   * The signed release.
   *
   * @throws IOException it came damaged and may come whole the next time
   * @throws UpdateException {@code UNREACHABLE}, {@code MALFORMED}
   */
  byte[] envelope() throws IOException, InterruptedException {
    String promised = envelope.hashes().sha256();
    IOException problem = new IOException(envelope.filename() + " has no address");
    UpdateException refusal = null;
    for (URI address : envelopeAt) {
      try {
        byte[] bytes = web.document(address, Envelope.LONGEST);
        if (promised == null || promised.equals(sha256(bytes))) {
          return bytes;
        }
        problem = new IOException(address + " came damaged");
        refusal = null;
      } catch (UpdateException e) {
        if (e.getCause() instanceof IOException passing && !(passing instanceof GoneException)) {
          problem = passing;
          refusal = null;
        } else {
          refusal = e;
        }
      }
    }
    if (refusal != null) {
      throw refusal;
    }
    throw problem;
  }

  /** SHA-256, hex. */
  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public void bring(ReleaseFile file, Part part) throws IOException, InterruptedException {
    downloader.bring(file, part);
  }

  @Override
  public boolean refused(ReleaseFile file) {
    return downloader.refused(file);
  }
}
