package io.airbox.daemon.tls;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An HTTPS server for each of some folders, in a process of its own: how the JDK speaks TLS is
 * settled once for a process, and other tests may have been first here.
 */
final class TlsServerProcess implements AutoCloseable {
  private final Process process;
  private final List<Integer> ports = new ArrayList<>();

  /**
   * Starts one.
   *
   * @param classLog gets a line for each class that it loads
   */
  TlsServerProcess(Path classLog, Path... folders) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xlog:disable",
                "-Xlog:class+load:file=" + classLog,
                "-cp",
                System.getProperty("java.class.path"),
                TlsServerProcess.class.getName()));
    for (Path folder : folders) {
      command.add(folder.toString());
    }
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    for (Path folder : folders) {
      String line = out.readLine();
      if (line == null) {
        process.destroy();
        throw new IOException("the server for " + folder + " did not start");
      }
      ports.add(Integer.parseInt(line));
    }
  }

  /** The port that shows the identity of a folder, by its position. */
  int port(int folder) {
    return ports.get(folder);
  }

  /** Ends it as a daemon ends, so that its logs are whole. */
  @Override
  public void close() throws IOException, InterruptedException {
    process.getOutputStream().close();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("the server did not end");
    }
  }

  /** Serves until its input ends. */
  public static void main(String[] folders) throws Exception {
    TlsPolicy.refuseRenegotiation();
    Vertx vertx = Vertx.vertx();
    for (String folder : folders) {
      TlsIdentity identity =
          BoxTls.open(Path.of(folder), new SystemNames(), List.of(), InstantSource.system())
              .identity()
              .orElseThrow();
      HttpServerOptions options =
          new HttpServerOptions()
              .setSsl(true)
              .setKeyCertOptions(
                  new PemKeyCertOptions()
                      .addKeyValue(Buffer.buffer(identity.keyPem()))
                      .addCertValue(Buffer.buffer(identity.chainPem())))
              .setEnabledSecureTransportProtocols(new LinkedHashSet<>(TlsPolicy.PROTOCOLS));
      TlsPolicy.CIPHER_SUITES.forEach(options::addEnabledCipherSuite);
      int port =
          vertx
              .createHttpServer(options)
              .requestHandler(request -> request.response().end("hello\n"))
              .listen(0, "127.0.0.1")
              .toCompletionStage()
              .toCompletableFuture()
              .get(30, TimeUnit.SECONDS)
              .actualPort();
      System.out.println(port);
    }
    while (System.in.read() >= 0) {
      // until the test closes it
    }
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
