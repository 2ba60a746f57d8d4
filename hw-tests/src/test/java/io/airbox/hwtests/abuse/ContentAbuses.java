package io.airbox.hwtests.abuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.airbox.hwtests.wire.Answer;
import io.airbox.hwtests.wire.Request;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.DynamicTest;

/** Requests that are well made and hold something vicious. */
final class ContentAbuses {
  private static final String JOBS = "/api/v1/jobs";

  /** Colour types of PNG. */
  private static final byte RGB = 2;

  private static final byte PALETTE = 3;

  private final Box box;

  ContentAbuses(Box box) {
    this.box = box;
  }

  Stream<DynamicTest> json() {
    return Stream.of(
        refused("lists in lists in lists", "[".repeat(300_000)),
        refused("objects in objects in objects", "{\"prompt\":".repeat(90_000)),
        refused("a number of a million digits", job("seed", "9".repeat(900_000))),
        refused("an exponent of a billion", job("cfg", "1e1000000000")),
        refused("a whole number with an exponent of a billion", job("seed", "1e1000000000")),
        refused(
            "a negative exponent of a billion for a whole number", job("steps", "1e-999999999")),
        refused("the same field twice", "{\"prompt\":\"a\",\"prompt\":\"b\"}"),
        refused("a field of 900 kB", "{\"prompt\":\"a\",\"" + "x".repeat(900_000) + "\":1}"),
        refused("NaN", job("cfg", "NaN")),
        refused("a comment", "{/*x*/\"prompt\":\"a\"}"),
        refused("half a surrogate pair", "{\"prompt\":\"a\\ud800\"}"),
        refused("bytes that are no UTF-8", "{\"prompt\":\"\u00ff\u00fe\"}"),
        refused("two documents", "{\"prompt\":\"a\"}{\"prompt\":\"b\"}"),
        refused("a text of 900 kB", "{\"prompt\":\"" + "a".repeat(900_000) + "\"}"));
  }

  Stream<DynamicTest> pictures() {
    return Stream.of(
        refused(
            "a PNG that says it is 30,000 by 30,000", job("image", quoted(png(30_000, 30_000)))),
        refused("a PNG of no size", job("image", quoted(png(0, 0)))),
        refused("a PNG of 2,147,483,647 by 2", job("image", quoted(png(Integer.MAX_VALUE, 2)))),
        refused("a PNG that breaks off", job("image", quoted(start(png(64, 64))))),
        refused("a base64 that breaks off", job("image", "\"iVBORw0KGgo\"")),
        dynamicTest(
            "a PNG whose compressed text inflates to 64 MB",
            () ->
                box.ask(
                        Request.of("POST", "/api/v1/pictures/read")
                            .header("Content-Type", "image/png")
                            .body(latin1(textBombs(1, 64, RGB))))
                    .has(400, 413, 422)),
        dynamicTest(
            "a PNG with 600 compressed texts, each as long as is read",
            () ->
                box.ask(
                        Request.of("POST", "/api/v1/pictures/read")
                            .header("Content-Type", "image/png")
                            .body(latin1(textBombs(600, 1, RGB))))
                    .has(400, 413, 422)),
        dynamicTest(
            "a picture to start from with 600 compressed texts beside its palette",
            () -> {
              String body = job("image", quoted(textBombs(600, 1, PALETTE)));
              box.ask(Request.post(JOBS, body)).has(202, 400, 413);
            }),
        dynamicTest(
            "a PNG whose chunk is longer than the file",
            () ->
                box.ask(
                        Request.of("POST", "/api/v1/pictures/read")
                            .header("Content-Type", "image/png")
                            .body(latin1(longChunk())))
                    .has(400, 422)));
  }

  Stream<DynamicTest> markup() {
    return Stream.of(
        dynamicTest(
            "markup in a prompt comes back as JSON that no browser takes for a page",
            () -> {
              String prompt = "<script>alert(1)</script>";
              Answer job =
                  box.ask(Request.post(JOBS, "{\"prompt\":\"" + prompt + "\",\"steps\":1}"));
              job.has(202);
              assertThat(job.json().getJsonObject("settings").getString("prompt"))
                  .isEqualTo(prompt);
              inert(job);
            }),
        dynamicTest(
            "markup in an address comes back as a problem that no browser takes for a page",
            () -> {
              Answer answer = box.ask(Request.get("/%3Cscript%3Ealert(1)%3C/script%3E"));
              answer.refusedWith(404, "NOT_FOUND");
              inert(answer);
            }),
        dynamicTest(
            "a picture is never served as a page",
            () -> {
              Answer answer = box.ask(Request.get("/api/v1/pictures/x.html"));
              answer.refusedWith(404, "NOT_FOUND");
              inert(answer);
            }),
        dynamicTest(
            "the page runs no script but its own and sits in no frame",
            () -> {
              Answer page = box.ask(Request.get("/"));
              page.has(200);
              assertThat(page.header("Content-Security-Policy"))
                  .contains("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'")
                  .contains("connect-src 'self';")
                  .doesNotContain("unsafe-inline", "unsafe-eval", "*");
              assertThat(page.header("X-Frame-Options")).isEqualTo("DENY");
              assertThat(page.header("Access-Control-Allow-Origin")).isNull();
            }),
        dynamicTest(
            "the page's worker may ask nobody else while no change of the network waits",
            () -> {
              Answer worker = box.ask(Request.get("/state/network-confirm-worker.js?x"));
              worker.has(200);
              assertThat(worker.header("Content-Security-Policy"))
                  .isEqualTo("default-src 'none'; script-src 'self'; connect-src 'self'");
            }));
  }

  private static void inert(Answer answer) {
    assertThat(answer.header("Content-Type")).matches("application/(?:problem\\+)?json.*");
    assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
  }

  private DynamicTest refused(String name, String body) {
    return dynamicTest(name, () -> box.ask(Request.post(JOBS, body)).has(400));
  }

  private static String job(String field, String value) {
    return "{\"prompt\":\"a\",\"" + field + "\":" + value + "}";
  }

  private static String quoted(byte[] png) {
    return "\"" + Base64.getEncoder().encodeToString(png) + "\"";
  }

  private static String latin1(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static byte[] start(byte[] file) {
    return Arrays.copyOf(file, file.length / 2);
  }

  /** A PNG of that size, of which at most a few hundred black lines are there. */
  private static byte[] png(int width, int height) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(file)) {
      signature(out);
      header(out, width, height, RGB);
      byte[] line = new byte[Math.min(width, 30_000) * 3 + 1];
      chunk(out, "IDAT", deflated(line, Math.min(height, 300)));
      chunk(out, "IEND", new byte[0]);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return file.toByteArray();
  }

  /** A PNG with texts that a reader would have to inflate. */
  private static byte[] textBombs(int texts, int megabytes, byte colours) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(file)) {
      signature(out);
      header(out, 1, 1, colours);
      if (colours == PALETTE) {
        chunk(out, "PLTE", new byte[3]);
      }
      byte[] spaces = " ".repeat(1 << 20).getBytes(StandardCharsets.ISO_8859_1);
      byte[] content = deflated(spaces, megabytes);
      for (int i = 0; i < texts; i++) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.writeBytes(("text " + i + "\0\1\0\0\0").getBytes(StandardCharsets.ISO_8859_1));
        text.writeBytes(content);
        chunk(out, "iTXt", text.toByteArray());
      }
      chunk(out, "IDAT", deflated(new byte[4], 1));
      chunk(out, "IEND", new byte[0]);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return file.toByteArray();
  }

  private static byte[] longChunk() {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(file)) {
      signature(out);
      out.writeInt(Integer.MAX_VALUE);
      out.writeBytes("tEXt");
      out.writeBytes("parameters");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return file.toByteArray();
  }

  private static void signature(DataOutputStream out) throws IOException {
    out.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
  }

  private static void header(DataOutputStream out, int width, int height, byte colours)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream fields = new DataOutputStream(bytes);
    fields.writeInt(width);
    fields.writeInt(height);
    fields.write(new byte[] {8, colours, 0, 0, 0}); // 8 bits each
    chunk(out, "IHDR", bytes.toByteArray());
  }

  private static void chunk(DataOutputStream out, String type, byte[] data) throws IOException {
    CRC32 sum = new CRC32();
    sum.update(type.getBytes(StandardCharsets.US_ASCII));
    sum.update(data);
    out.writeInt(data.length);
    out.writeBytes(type);
    out.write(data);
    out.writeInt((int) sum.getValue());
  }

  private static byte[] deflated(byte[] part, int times) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new DeflaterOutputStream(bytes)) {
      for (int i = 0; i < times; i++) {
        out.write(part);
      }
    }
    return bytes.toByteArray();
  }
}
