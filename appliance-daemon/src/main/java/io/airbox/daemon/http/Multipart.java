package io.airbox.daemon.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.multipart.Attribute;
import io.netty.handler.codec.http.multipart.DefaultHttpDataFactory;
import io.netty.handler.codec.http.multipart.FileUpload;
import io.netty.handler.codec.http.multipart.HttpPostMultipartRequestDecoder;
import io.netty.handler.codec.http.multipart.InterfaceHttpData;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A body of the type {@code multipart/form-data} (RFC 7578), taken apart in memory.
 *
 * @param texts fields by name; of a name that comes twice, the last
 * @param files files by name, in order
 */
record Multipart(Map<String, String> texts, Map<String, List<byte[]>> files) {
  private static final String TYPE = "multipart/form-data";

  static boolean is(@Nullable String contentType) {
    return contentType != null && contentType.toLowerCase(Locale.ROOT).startsWith(TYPE);
  }

  /**
   * Takes a body apart.
   *
   * @throws HttpFailure 400 when it is not what its content type says
   */
  static Multipart parse(Buffer body, String contentType) {
    DefaultFullHttpRequest request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.POST, "/", Unpooled.wrappedBuffer(body.getBytes()));
    request.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
    HttpPostMultipartRequestDecoder decoder = null;
    try {
      decoder = new HttpPostMultipartRequestDecoder(new DefaultHttpDataFactory(false), request);
      if (!decoder.isMultipart()) {
        throw malformed("it is not multipart/form-data");
      }
      return read(decoder.getBodyHttpDatas());
    } catch (IOException | RuntimeException e) {
      if (e instanceof HttpFailure failure) {
        throw failure;
      }
      throw malformed(String.valueOf(e.getMessage()));
    } finally {
      if (decoder != null) {
        decoder.destroy();
      }
      request.release();
    }
  }

  private static Multipart read(List<InterfaceHttpData> parts) throws IOException {
    Map<String, String> texts = new LinkedHashMap<>();
    Map<String, List<byte[]>> files = new LinkedHashMap<>();
    for (InterfaceHttpData part : parts) {
      if (part instanceof FileUpload file) {
        files.computeIfAbsent(file.getName(), name -> new ArrayList<>()).add(file.get());
      } else if (part instanceof Attribute text) {
        texts.put(text.getName(), text.getValue());
      }
    }
    return new Multipart(texts, files);
  }

  private static HttpFailure malformed(String why) {
    return HttpFailure.invalid(null, "the form cannot be read: " + why);
  }
}
