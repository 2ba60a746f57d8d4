package io.airbox.hwtests.hawkbit;

import io.airbox.hwtests.Checkout;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Eclipse hawkBit 0.3.0M7 in a process of its own, on the loopback interface, with its state in a
 * folder. Maven brings it the first time; a minute then, half a minute later.
 */
final class HawkBitServer implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(180);
  private static final String USER = "admin";
  private static final String PASSWORD = "admin";

  private final Path program;
  private final Path folder;
  private final int port;
  private @Nullable Process process;

  /**
   * Starts one.
   *
   * @param folder for its database and artifacts
   */
  HawkBitServer(Path folder) throws IOException, InterruptedException {
    this.program = program();
    this.folder = folder;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    start();
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** The header that opens the Management API. */
  static String authorization() {
    String login = USER + ":" + PASSWORD;
    return "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
  }

  /** Starts it, again after {@link #stop} with what it knew. */
  void start() throws IOException {
    Path log = folder.resolve("hawkbit.log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    for (String each : List.of("java.lang", "java.util", "java.lang.reflect")) {
      command.addAll(List.of("--add-opens", "java.base/" + each + "=ALL-UNNAMED"));
    }
    command.addAll(
        List.of("-cp", program.resolve("classes") + ":" + program.resolve("lib") + "/*"));
    command.add("airbox.hawkbit.HawkBitMain");
    settings().forEach(each -> command.add("--" + each));
    process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process.toHandle()::destroyForcibly));
    await(log);
  }

  private List<String> settings() {
    String ddi = "hawkbit.server.ddi.security.authentication.";
    return List.of(
        "server.address=127.0.0.1",
        "server.port=" + port,
        "spring.main.allow-bean-definition-overriding=true",
        "spring.security.user.name=" + USER,
        "spring.security.user.password={noop}" + PASSWORD,
        "spring.servlet.multipart.max-file-size=-1",
        "spring.servlet.multipart.max-request-size=-1",
        "spring.datasource.url=jdbc:h2:" + folder.resolve("database") + ";MODE=MySQL",
        ddi + "targettoken.enabled=true",
        ddi + "gatewaytoken.enabled=true",
        ddi + "anonymous.enabled=false",
        "hawkbit.dmf.rabbitmq.enabled=false",
        "hawkbit.controller.minPollingTime=00:00:01",
        "hawkbit.server.security.dos.maxArtifactSize=8589934592",
        "org.eclipse.hawkbit.repository.file.path=" + folder.resolve("artifacts"));
  }

  private void await(Path log) {
    HttpRequest request =
        HttpRequest.newBuilder(address().resolve("/rest/v1/targets?limit=1"))
            .timeout(Duration.ofSeconds(10))
            .header("Authorization", authorization())
            .build();
    HttpClient client = HttpClient.newHttpClient();
    Awaitility.await("hawkBit; its output is in " + log)
        .atMost(START)
        .pollInterval(Duration.ofMillis(300))
        .until(
            () -> {
              if (process == null || !process.isAlive()) {
                throw new IllegalStateException("hawkBit ended:\n" + Files.readString(log));
              }
              try {
                return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
              } catch (IOException notYet) {
                return false;
              }
            });
  }

  /** Stops it, as a server that is shut down. */
  void stop() throws InterruptedException {
    Process running = process;
    if (running != null) {
      running.destroy();
      if (!running.waitFor(30, TimeUnit.SECONDS)) {
        running.destroyForcibly().waitFor();
      }
      process = null;
    }
  }

  @Override
  public void close() throws InterruptedException {
    stop();
  }

  /** Where its classes are; brought once for each content of the recipe. */
  private static Path program() throws IOException, InterruptedException {
    Path recipe = Checkout.path("hw-tests/src/hawkbit");
    Path pom = recipe.resolve("pom.xml");
    Path folder = Checkout.path("hw-tests/target").resolve("hawkbit-" + digest(pom));
    Path complete = folder.resolve("complete");
    if (!Files.exists(complete)) {
      Files.createDirectories(folder);
      Process maven =
          new ProcessBuilder(
                  "mvn",
                  "-B",
                  "-q",
                  "-f",
                  pom.toString(),
                  "-Dout=" + folder,
                  "compiler:compile",
                  "dependency:copy-dependencies")
              .redirectErrorStream(true)
              .start();
      String output =
          new String(maven.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (maven.waitFor() != 0) {
        throw new IOException("Maven did not bring hawkBit:\n" + output);
      }
      Files.createFile(complete);
    }
    return folder;
  }

  private static String digest(Path file) throws IOException {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return HexFormat.of().formatHex(Arrays.copyOf(hash, 6));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
