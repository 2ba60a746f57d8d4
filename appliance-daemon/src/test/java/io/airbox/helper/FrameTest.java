package io.airbox.helper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FrameTest {
  @Provide
  Arbitrary<List<String>> fields() {
    // half a pair of surrogates is no text
    return Arbitraries.strings()
        .ofMaxLength(40)
        .map(text -> text.replaceAll("[\\ud800-\\udfff]", "�"))
        .list()
        .ofMaxSize(Frame.Size.REQUEST.fields());
  }

  private static List<String> read(byte[] frame) throws MalformedFrameException {
    ByteBuffer bytes = ByteBuffer.wrap(frame);
    if (Frame.length(Frame.Size.REQUEST, bytes) != bytes.remaining()) {
      throw new MalformedFrameException("the length is another");
    }
    return Frame.decode(Frame.Size.REQUEST, bytes);
  }

  private static byte[] bytes(List<String> fields) {
    ByteBuffer frame = Frame.encode(Frame.Size.REQUEST, fields);
    byte[] bytes = new byte[frame.remaining()];
    frame.get(bytes);
    return bytes;
  }

  @Property
  void whatIsWrittenIsRead(@ForAll("fields") List<String> fields) throws Exception {
    assertThat(read(bytes(fields))).isEqualTo(fields);
  }

  /** There is one way to write a message: bytes that are read are those that would be written. */
  @Property
  void anyBytesAreAMessageOrRefused(@ForAll @Size(max = 200) byte[] body) throws Exception {
    List<String> fields;
    try {
      fields = Frame.decode(Frame.Size.REQUEST, ByteBuffer.wrap(body));
    } catch (MalformedFrameException e) {
      return;
    }
    assertThat(bytes(fields)).endsWith(body).hasSize(Frame.HEADER + body.length);
  }

  @Provide
  Arbitrary<byte[]> mutated() {
    return Combinators.combine(
            fields(), Arbitraries.integers().between(0, 3000), Arbitraries.bytes())
        .as(
            (fields, place, value) -> {
              byte[] frame = bytes(fields);
              frame[place % frame.length] = value;
              return frame;
            });
  }

  @Property
  void aChangedByteIsAMessageOrRefused(@ForAll("mutated") byte[] frame) throws Exception {
    List<String> fields;
    try {
      fields = read(frame);
    } catch (MalformedFrameException e) {
      return;
    }
    assertThat(bytes(fields)).isEqualTo(frame);
  }

  @Property
  void aFrameCutShortIsRefusedUnlessAFieldEndsThere(@ForAll("fields") List<String> fields)
      throws Exception {
    byte[] frame = bytes(fields);
    for (int end = Frame.HEADER; end < frame.length; end += 7) {
      ByteBuffer cut = ByteBuffer.wrap(frame, Frame.HEADER, end - Frame.HEADER).slice();
      List<String> read;
      try {
        read = Frame.decode(Frame.Size.REQUEST, cut);
      } catch (MalformedFrameException e) {
        continue;
      }
      assertThat(read).isEqualTo(fields.subList(0, read.size()));
    }
  }

  @Test
  void refusesALengthBeforeAnythingIsAllocated() throws Exception {
    for (int length :
        new int[] {Frame.Size.REQUEST.bytes() + 1, Integer.MAX_VALUE, -1, Integer.MIN_VALUE}) {
      assertThatThrownBy(
              () -> Frame.length(Frame.Size.REQUEST, ByteBuffer.allocate(4).putInt(length).flip()))
          .isInstanceOf(MalformedFrameException.class)
          .hasMessageContaining("announces " + Integer.toUnsignedString(length));
    }
    assertThat(
            Frame.length(
                Frame.Size.REQUEST,
                ByteBuffer.allocate(4).putInt(Frame.Size.REQUEST.bytes()).flip()))
        .isEqualTo(Frame.Size.REQUEST.bytes());
  }

  @Test
  void refusesTooManyFields() {
    ByteBuffer empty = ByteBuffer.allocate(Short.BYTES * (Frame.Size.REQUEST.fields() + 1));

    assertThatThrownBy(() -> Frame.decode(Frame.Size.REQUEST, empty))
        .hasMessageContaining("more than 64 fields");
    assertThatThrownBy(
            () ->
                Frame.encode(
                    Frame.Size.REQUEST, Collections.nCopies(Frame.Size.REQUEST.fields() + 1, "")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> Frame.encode(Frame.Size.REQUEST, List.of("x".repeat(Frame.Size.REQUEST.bytes()))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void takesAFrameThatIsFull() throws Exception {
    List<String> full = List.of("x".repeat(Frame.Size.REQUEST.bytes() - Short.BYTES));

    assertThat(read(bytes(full))).isEqualTo(full);
  }

  @Test
  void refusesTextThatIsNotUtf8() {
    byte[][] texts = {{(byte) 0xff}, {(byte) 0xc0, (byte) 0x80}, {(byte) 0xed, (byte) 0xa0, 'a'}};
    for (byte[] text : texts) {
      ByteBuffer body =
          ByteBuffer.allocate(2 + text.length).putShort((short) text.length).put(text).flip();
      assertThatThrownBy(() -> Frame.decode(Frame.Size.REQUEST, body))
          .hasMessageContaining("field 1 is not UTF-8");
    }
  }

  @Property
  void fieldsAreARequestThatWritesThemOrRefused(@ForAll("requests") List<String> fields)
      throws Exception {
    Request request;
    try {
      request = Request.of(fields);
    } catch (MalformedFrameException e) {
      return;
    }
    assertThat(request.fields()).isEqualTo(fields);
  }

  @Provide
  Arbitrary<List<String>> requests() {
    return Arbitraries.of(Request.PROTOCOL, "hostname-set", "do", "dry-run", "a", "b", "")
        .list()
        .ofMaxSize(9)
        .map(
            fields -> {
              List<String> begun = new java.util.ArrayList<>(fields);
              begun.add(0, Request.PROTOCOL);
              return begun;
            });
  }

  @Test
  void requestsAndRepliesComeThrough() throws Exception {
    Request request = new Request("v", true, new TreeMap<>(java.util.Map.of("b", "2", "a", "\n")));
    assertThat(Request.of(request.fields())).isEqualTo(request);
    for (Reply reply :
        Arrays.asList(
            new Reply.Done(List.of()),
            new Reply.Done(List.of("one", "two")),
            new Reply.Refused(null, "no"),
            new Reply.Refused("field", "no"),
            new Reply.Failed("step", "oh"))) {
      assertThat(Reply.of(reply.fields())).isEqualTo(reply);
    }
  }

  @Test
  void refusesFieldsThatAreNoRequest() {
    String p = Request.PROTOCOL;
    for (List<String> fields :
        List.of(
            List.<String>of(),
            List.of(p, "reboot"),
            List.of("airbox-helper/2", "reboot", "do"),
            List.of(p, "reboot", "maybe"),
            List.of(p, "v", "do", "name"),
            List.of(p, "v", "do", "a", "1", "a", "2"),
            List.of(p, "v", "do", "b", "1", "a", "2"))) {
      assertThatThrownBy(() -> Request.of(fields)).isInstanceOf(MalformedFrameException.class);
    }
    for (List<String> fields :
        List.of(List.of(p), List.of(p, "refused", "x"), List.of(p, "well", "a", "b"))) {
      assertThatThrownBy(() -> Reply.of(fields)).isInstanceOf(MalformedFrameException.class);
    }
  }
}
