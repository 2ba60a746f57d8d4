package io.airbox.daemon.sources;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tinylog.Logger;

/**
 * Where packages come from: the distribution's own lines of {@code /etc/apt/sources.list}, whose
 * format is {@code sources.list(5)}'s. Blocks for files and, where it says so, for the network.
 */
public final class PackageSources {
  private static final String LIST = "etc/apt/sources.list";
  private static final String KEPT = ".airbox-previous";
  private static final Duration PATIENCE = Duration.ofSeconds(6);

  private static final Set<String> ARCHIVES =
      Set.of("ubuntu", "ubuntu-ports", "debian", "debian-security");

  private static final Pattern LINE =
      Pattern.compile("\\s*deb\\s+(?:\\[[^\\]]*\\]\\s+)?(\\S+)\\s+(\\S+)((?:\\s+[^#\\s]\\S*)*).*");

  private static final Pattern CODE_NAME =
      Pattern.compile("^VERSION_CODENAME=\"?([a-z][a-z0-9]*)\"?$", Pattern.MULTILINE);

  private final Path sysroot;

  /**
   * @param sysroot prefix of every path
   */
  public PackageSources(Path sysroot) {
    this.sysroot = sysroot;
  }

  /**
   * A line of the list.
   *
   * @param own whether it names an archive of the distribution
   */
  public record Line(String uri, String suite, List<String> components, boolean own) {
    /** Keeps the list unchangeable. */
    public Line {
      components = List.copyOf(components);
    }

    /** What stands before the archive's name. */
    String mirror() {
      String plain = uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
      return plain.substring(0, plain.lastIndexOf('/'));
    }

    String archive() {
      String plain = uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
      return plain.substring(plain.lastIndexOf('/') + 1);
    }
  }

  /** The release's code name, such as {@code focal}; empty for unknown. */
  public Optional<String> release() {
    for (String file : List.of("etc/os-release", "usr/lib/os-release")) {
      Matcher name = CODE_NAME.matcher(text(file));
      if (name.find()) {
        return Optional.of(name.group(1));
      }
    }
    return Optional.empty();
  }

  /** The lines that count, in order. */
  public List<Line> lines() {
    String release = release().orElse("");
    List<Line> lines = new ArrayList<>();
    for (String each : text(LIST).split("\n", -1)) {
      Matcher parts = LINE.matcher(each);
      if (parts.matches()) {
        String components = parts.group(3).strip();
        Line line =
            new Line(
                parts.group(1),
                parts.group(2),
                components.isEmpty() ? List.of() : Arrays.asList(components.split("\\s+")),
                false);
        boolean own =
            !release.isEmpty()
                && ARCHIVES.contains(line.archive())
                && line.suite().matches(release + "([-/][a-z-]+)?");
        lines.add(new Line(line.uri(), line.suite(), line.components(), own));
      }
    }
    return lines;
  }

  /** The mirror of the first own line; empty when there is none. */
  public Optional<String> mirror() {
    return lines().stream().filter(Line::own).map(Line::mirror).findFirst();
  }

  /** Whether there is a list to go back to. */
  public boolean canRestore() {
    return Files.exists(sysroot.resolve(LIST + KEPT));
  }

  /**
   * Asks a mirror for what the own lines want of it: the index of each suite.
   *
   * @param mirror URL before the archives' names
   * @return one for each suite; empty when no line is the distribution's own, or the mirror is no
   *     URL
   */
  public List<Reached> ask(String mirror) {
    String base = mirror.endsWith("/") ? mirror.substring(0, mirror.length() - 1) : mirror;
    HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(PATIENCE)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    List<Callable<Reached>> questions =
        lines().stream()
            .filter(Line::own)
            .map(line -> base + "/" + line.archive() + "/dists/" + line.suite() + "/InRelease")
            .distinct()
            .map(url -> (Callable<Reached>) () -> ask(client, url))
            .toList();
    return Reached.all(questions);
  }

  private static Reached ask(HttpClient client, String url) {
    long began = System.nanoTime();
    boolean reached = false;
    String detail;
    try {
      HttpResponse<Void> answer =
          client.send(
              HttpRequest.newBuilder(URI.create(url))
                  .timeout(PATIENCE)
                  .method("HEAD", HttpRequest.BodyPublishers.noBody())
                  .build(),
              HttpResponse.BodyHandlers.discarding());
      reached = answer.statusCode() == 200;
      detail = "HTTP " + answer.statusCode();
    } catch (IllegalArgumentException e) {
      detail = "is no URL";
    } catch (IOException e) {
      detail = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      detail = "interrupted";
    }
    return new Reached(
        url, reached, detail, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
  }

  private String text(String file) {
    try {
      return Files.readString(sysroot.resolve(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      Logger.debug("{}: {}", sysroot.resolve(file), e.toString());
      return "";
    }
  }
}
