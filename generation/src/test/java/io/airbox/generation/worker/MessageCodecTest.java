package io.airbox.generation.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.GenerationListener.Stage;
import io.airbox.generation.engine.DeviceState;
import io.airbox.generation.engine.Holding;
import io.airbox.generation.image.RgbImage;
import io.airbox.generation.memory.HeapMemory;
import io.airbox.generation.memory.MemoryReport;
import io.airbox.generation.memory.NetworkMemory;
import io.airbox.generation.memory.PackMemory;
import io.airbox.generation.worker.WorkerMessage.Cancel;
import io.airbox.generation.worker.WorkerMessage.Cancelled;
import io.airbox.generation.worker.WorkerMessage.Completed;
import io.airbox.generation.worker.WorkerMessage.Failed;
import io.airbox.generation.worker.WorkerMessage.Generate;
import io.airbox.generation.worker.WorkerMessage.Hello;
import io.airbox.generation.worker.WorkerMessage.Load;
import io.airbox.generation.worker.WorkerMessage.Memory;
import io.airbox.generation.worker.WorkerMessage.Pace;
import io.airbox.generation.worker.WorkerMessage.PictureDone;
import io.airbox.generation.worker.WorkerMessage.Pin;
import io.airbox.generation.worker.WorkerMessage.Ping;
import io.airbox.generation.worker.WorkerMessage.Pong;
import io.airbox.generation.worker.WorkerMessage.Retiring;
import io.airbox.generation.worker.WorkerMessage.Shutdown;
import io.airbox.generation.worker.WorkerMessage.StageBegun;
import io.airbox.generation.worker.WorkerMessage.StepDone;
import io.airbox.generation.worker.WorkerMessage.Unable;
import io.airbox.generation.worker.WorkerMessage.Unload;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessageCodecTest {
  private static final ObjectMapper CBOR = new ObjectMapper(new CBORFactory());

  static Stream<WorkerMessage> readsBackWhatItWrote() {
    return Stream.of(
        new Generate(1, SampleMessages.settings("a red apple 🍎", 2, null), null, true),
        new Generate(2, SampleMessages.settings("", 1, 0.25), SampleMessages.image(5, 3), false),
        new Cancel(Long.MAX_VALUE),
        new Load(12, "sd15"),
        new Unload(13, "größe"),
        new Pin(14, "sd15", true),
        new Memory(SampleMessages.report(Map.of())),
        new Memory(SampleMessages.report(Map.of("a", true, "b", false))),
        new Pace(250),
        new Ping(-1),
        new Shutdown(),
        new Hello(1, "onnx", "ONNX Runtime 1.29.0", 4242),
        new Unable(Reason.OUT_OF_MEMORY, "2,400 MB are needed"),
        new StageBegun(3, 1, Stage.DECODING),
        new StepDone(4, 0, 3, 20, null),
        new StepDone(5, 0, 4, 20, SampleMessages.image(12, 12)),
        new PictureDone(
            6,
            1,
            SampleMessages.picture(
                SampleMessages.settings("x", 1, null), SampleMessages.image(96, 96))),
        new Completed(7),
        new Cancelled(8),
        new Failed(9, Reason.INVALID_REQUEST, "steps", "steps: -3 is out of range"),
        new Failed(10, Reason.ENGINE_FAULT, null, "NaN"),
        new Retiring("the runtime has lost 512 MB"),
        new Pong(11));
  }

  @ParameterizedTest
  @MethodSource
  void readsBackWhatItWrote(WorkerMessage message) throws IOException {
    assertThat(MessageCodec.read(MessageCodec.write(message))).isEqualTo(message);
  }

  @ParameterizedTest
  @MethodSource("readsBackWhatItWrote")
  void aFrameCutAnywhereIsAnErrorAndNeverAMessage(WorkerMessage message) {
    byte[] whole = MessageCodec.write(message);
    int stride = Math.max(1, whole.length / 200);
    for (int length = 0; length < whole.length; length += stride) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> MessageCodec.read(cut)).isInstanceOf(WorkerProtocolException.class);
    }
  }

  static Stream<Map.Entry<Map<String, ?>, String>> saysWhatIsWrongWithAMessage() {
    return Stream.of(
        Map.entry(Map.of("type", "reboot"), "unknown message type 'reboot'"),
        Map.entry(Map.of("id", 1), "'type' is missing"),
        Map.entry(Map.of("type", "cancel"), "'id' is missing"),
        Map.entry(Map.of("type", "cancel", "id", "1"), "'id' is not a whole number"),
        Map.entry(Map.of("type", "cancel", "id", 1.5), "'id' is not a whole number"),
        Map.entry(Map.of("type", "pin", "id", 1, "pack", "a"), "'pinned' is missing"),
        Map.entry(Map.of("type", "memory", "report", Map.of()), "'at' is missing"),
        Map.entry(
            Map.of(
                "type",
                "memory",
                "report",
                Map.of(
                    "at",
                    1,
                    "engine",
                    "onnx",
                    "device",
                    Map.of("clock", "fast"),
                    "heaps",
                    List.of())),
            "'clock' is not a whole number of 32 bits"),
        Map.entry(
            Map.of(
                "type",
                "memory",
                "report",
                Map.of("at", 1, "engine", "onnx", "device", Map.of(), "heaps", 3)),
            "'heaps' is not a list"),
        Map.entry(
            Map.of("type", "stage", "id", 1, "picture", 0, "stage", "COFFEE"),
            "'stage' is 'COFFEE', which is unknown"),
        Map.entry(
            Map.of("type", "stage", "id", 1, "picture", 1L << 40, "stage", "TEXT"),
            "'picture' is not a whole number of 32 bits"),
        Map.entry(
            Map.of(
                "type",
                "step",
                "id",
                1,
                "picture",
                0,
                "step",
                1,
                "steps",
                2,
                "preview",
                Map.of("width", 2, "height", 2, "rgb", new byte[11])),
            "2×2 pixels need 12 bytes, got 11"),
        Map.entry(
            Map.of(
                "type",
                "step",
                "id",
                1,
                "picture",
                0,
                "step",
                1,
                "steps",
                2,
                "preview",
                Map.of("width", 1 << 20, "height", 1 << 20, "rgb", new byte[12])),
            "a picture is wrong"));
  }

  @ParameterizedTest
  @MethodSource
  void saysWhatIsWrongWithAMessage(Map.Entry<Map<String, ?>, String> example) throws IOException {
    byte[] frame = CBOR.writeValueAsBytes(example.getKey());
    assertThatThrownBy(() -> MessageCodec.read(frame))
        .isInstanceOf(WorkerProtocolException.class)
        .hasMessageContaining(example.getValue());
  }

  @Test
  void refusesWhatFollowsAMessage() throws IOException {
    byte[] message = MessageCodec.write(new Completed(1));
    byte[] two = ByteBuffer.allocate(message.length * 2).put(message).put(message).array();
    assertThatThrownBy(() -> MessageCodec.read(two)).isInstanceOf(WorkerProtocolException.class);
  }

  @Property
  void bytesAreAMessageOrAProtocolError(@ForAll byte[] bytes) {
    try {
      assertThat(MessageCodec.read(bytes)).isNotNull();
    } catch (WorkerProtocolException expected) {
      assertThat(expected).hasMessageMatching("(?s).+");
    }
  }

  @Property(tries = 500)
  void oneChangedByteIsAMessageOrAProtocolError(
      @ForAll @IntRange(max = 600) int at, @ForAll byte value) {
    byte[] frame =
        MessageCodec.write(
            new Generate(
                1, SampleMessages.settings("apple", 2, 0.5), SampleMessages.image(4, 4), true));
    frame[at % frame.length] = value;
    try {
      assertThat(MessageCodec.read(frame)).isNotNull();
    } catch (WorkerProtocolException expected) {
      assertThat(expected).hasMessageMatching("(?s).+");
    }
  }

  @Provide
  Arbitrary<WorkerMessage> messages() {
    Arbitrary<RgbImage> images =
        Combinators.combine(
                Arbitraries.integers().between(1, 40), Arbitraries.integers().between(1, 40))
            .as(SampleMessages::image);
    return Arbitraries.oneOf(
        Combinators.combine(Arbitraries.longs(), Arbitraries.strings(), images.injectNull(0.3))
            .as(
                (id, prompt, image) ->
                    new Generate(
                        id,
                        SampleMessages.settings(prompt, 1, image == null ? null : 0.5),
                        image,
                        true)),
        Combinators.combine(Arbitraries.longs(), images)
            .as((id, image) -> new StepDone(id, 0, 1, 2, image)),
        Combinators.combine(Arbitraries.longs(), Arbitraries.strings())
            .as((id, text) -> new Failed(id, Reason.ENGINE_FAULT, null, text)),
        Combinators.combine(Arbitraries.longs(), Arbitraries.strings(), Arbitraries.of(true, false))
            .as(Pin::new),
        reports().map(Memory::new));
  }

  private static Arbitrary<MemoryReport> reports() {
    Arbitrary<Instant> instants =
        Arbitraries.longs().between(0, 1L << 45).map(Instant::ofEpochMilli);
    Arbitrary<Long> bytes = Arbitraries.longs().greaterOrEqual(0);
    Arbitrary<OptionalLong> perhaps =
        bytes.map(OptionalLong::of).injectNull(0.4).map(MessageCodecTest::orEmpty);
    Arbitrary<Optional<String>> texts = Arbitraries.strings().optional();
    Arbitrary<OptionalInt> numbers =
        Arbitraries.integers()
            .optional()
            .map(number -> number.map(OptionalInt::of).orElse(OptionalInt.empty()));
    Arbitrary<DeviceState> devices =
        Combinators.combine(texts, numbers, numbers, texts, texts, texts).as(DeviceState::new);
    Arbitrary<HeapMemory> heaps =
        Combinators.combine(Arbitraries.strings(), perhaps, perhaps, perhaps, bytes, bytes)
            .as(HeapMemory::new);
    Arbitrary<Holding> holdings =
        Combinators.combine(Arbitraries.strings(), Arbitraries.strings(), bytes).as(Holding::new);
    Arbitrary<NetworkMemory> networks =
        Combinators.combine(
                Arbitraries.strings(),
                Arbitraries.strings(),
                Arbitraries.of(true, false),
                holdings.list().ofMaxSize(3))
            .as(NetworkMemory::new);
    Arbitrary<PackMemory> packs =
        Combinators.combine(
                Arbitraries.strings().list().ofSize(4),
                Arbitraries.of(true, false).list().ofSize(2),
                bytes,
                perhaps,
                instants,
                networks.list().ofMaxSize(3))
            .as(
                (names, flags, declared, measured, used, held) ->
                    new PackMemory(
                        names.get(0),
                        names.get(1),
                        names.get(2),
                        names.get(3),
                        flags.get(0),
                        flags.get(1),
                        declared,
                        measured,
                        used,
                        held));
    return Combinators.combine(
            instants,
            Arbitraries.strings(),
            devices,
            heaps.list().ofMaxSize(4),
            packs.list().ofMaxSize(3),
            perhaps,
            bytes.list().ofSize(3))
        .as(
            (at, engine, device, all, loaded, limit, counts) ->
                new MemoryReport(
                    at,
                    engine,
                    device,
                    all,
                    loaded,
                    limit,
                    counts.get(0),
                    counts.get(1),
                    counts.get(2)));
  }

  private static OptionalLong orEmpty(OptionalLong value) {
    return value == null ? OptionalLong.empty() : value;
  }

  @Property(tries = 200)
  void framesOnAChannelComeOutAsTheyWentIn(@ForAll List<byte[]> raw) throws IOException {
    List<byte[]> frames = raw.stream().filter(frame -> frame.length > 0).toList();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] frame : frames) {
      Frames.write(Channels.newChannel(out), frame);
    }
    var in = Channels.newChannel(new ByteArrayInputStream(out.toByteArray()));
    for (byte[] frame : frames) {
      assertThat(Frames.read(in)).isEqualTo(frame);
    }
    assertThat(Frames.read(in)).isNull();
  }

  @Property(tries = 200)
  void anyMessageReadsBack(@ForAll("messages") WorkerMessage message) throws IOException {
    assertThat(MessageCodec.read(MessageCodec.write(message))).isEqualTo(message);
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.ValueSource(
      ints = {0, -1, Integer.MIN_VALUE, Frames.LONGEST + 1, Integer.MAX_VALUE})
  void refusesAFrameOfImpossibleLengthBeforeMakingRoomForIt(int length) {
    byte[] prefix = ByteBuffer.allocate(4).putInt(length).array();
    assertThatThrownBy(() -> Frames.read(Channels.newChannel(new ByteArrayInputStream(prefix))))
        .isInstanceOf(WorkerProtocolException.class)
        .hasMessageContaining("which is not 1…");
  }

  @Test
  void refusesToWriteAFrameThatIsTooLong() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThatThrownBy(() -> Frames.write(Channels.newChannel(out), new byte[Frames.LONGEST + 1]))
        .isInstanceOf(WorkerProtocolException.class);
    assertThat(out.size()).isZero();
  }

  @Test
  void aChannelThatEndsWithinAFrameIsAnError() {
    byte[] half = ByteBuffer.allocate(6).putInt(10).array();
    assertThatThrownBy(() -> Frames.read(Channels.newChannel(new ByteArrayInputStream(half))))
        .isInstanceOf(EOFException.class);
    assertThatThrownBy(
            () -> Frames.read(Channels.newChannel(new ByteArrayInputStream(new byte[2]))))
        .isInstanceOf(EOFException.class);
  }
}
