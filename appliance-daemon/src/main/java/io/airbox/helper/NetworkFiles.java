package io.airbox.helper;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Files as fields of a reply: for each its absolute path, then its bytes in pieces, each in base 64
 * of RFC 4648, section 5, which has no slash, without padding.
 */
final class NetworkFiles {
  private static final int PIECE = 48 * 1000;

  private NetworkFiles() {}

  static List<String> fields(SortedMap<String, byte[]> files) {
    List<String> fields = new ArrayList<>();
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      fields.add(file.getKey());
      byte[] bytes = file.getValue();
      for (int from = 0; from < bytes.length; from += PIECE) {
        int to = Math.min(from + PIECE, bytes.length);
        fields.add(base64.encodeToString(Arrays.copyOfRange(bytes, from, to)));
      }
    }
    return fields;
  }

  /**
   * The files in these fields.
   *
   * @throws MalformedFrameException there are none in them
   */
  static SortedMap<String, byte[]> of(List<String> fields) throws MalformedFrameException {
    SortedMap<String, byte[]> files = new TreeMap<>();
    for (int i = 0; i < fields.size(); ) {
      String path = fields.get(i++);
      if (!path.startsWith("/")) {
        throw new MalformedFrameException("a file has no path");
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      for (; i < fields.size() && !fields.get(i).startsWith("/"); i++) {
        try {
          bytes.writeBytes(Base64.getUrlDecoder().decode(fields.get(i)));
        } catch (IllegalArgumentException e) {
          throw new MalformedFrameException(path + " is not in base 64");
        }
      }
      files.put(path, bytes.toByteArray());
    }
    return files;
  }
}
