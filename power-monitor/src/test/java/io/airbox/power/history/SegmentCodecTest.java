package io.airbox.power.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.airbox.power.Unit;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SegmentCodecTest {
  private static final double STEP = Resolution.of(Unit.BYTES);

  @Provide
  Arbitrary<Minute> minutes() {
    Arbitrary<Double> value = Arbitraries.doubles().between(-1e12, 1e12);
    Arbitrary<Series> series =
        Combinators.combine(value, value, Arbitraries.longs().between(1, 1000))
            .as(
                (a, b, count) ->
                    new Series(
                        Unit.BYTES,
                        new Summary(Math.min(a, b), a / 2 + b / 2, Math.max(a, b), count)));
    Arbitrary<Map<String, Series>> all =
        Arbitraries.maps(Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(20), series)
            .ofMaxSize(8);
    return Combinators.combine(Arbitraries.longs().between(-1_000_000, 4_000_000_000L), all)
        .as((second, each) -> new Minute(Instant.ofEpochSecond(second), each));
  }

  @Property(tries = 200)
  void whatIsWrittenIsReadToWithinAStep(
      @ForAll("minutes") Minute one, @ForAll("minutes") Minute two) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(SegmentCodec.header());
    SegmentCodec writer = new SegmentCodec();
    file.writeBytes(writer.encode(one));
    file.writeBytes(writer.encode(two));

    SegmentCodec.Decoded read = new SegmentCodec().decode(file.toByteArray());
    assertThat(read.bytes()).isEqualTo(file.size());
    assertThat(read.minutes()).hasSize(2);
    for (int i = 0; i < 2; i++) {
      Minute expected = List.of(one, two).get(i);
      assertThat(read.minutes().get(i).end()).isEqualTo(expected.end());
      assertThat(read.minutes().get(i).series()).containsOnlyKeys(expected.series().keySet());
      Map<String, Series> found = read.minutes().get(i).series();
      expected
          .series()
          .forEach(
              (id, series) -> {
                Summary summary = found.get(id).summary();
                assertThat(summary.count()).isEqualTo(series.summary().count());
                assertThat(summary.least()).isCloseTo(series.summary().least(), within(STEP));
                assertThat(summary.mean()).isCloseTo(series.summary().mean(), within(STEP));
                assertThat(summary.most()).isCloseTo(series.summary().most(), within(STEP));
              });
    }
  }

  @Property(tries = 500)
  void anyBytesAreReadAsFarAsTheyAreWhole(@ForAll byte[] bytes) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(SegmentCodec.header());
    file.writeBytes(bytes);
    assertThat(new SegmentCodec().decode(bytes).bytes()).isZero();
    assertThat(new SegmentCodec().decode(file.toByteArray()).bytes())
        .isBetween(SegmentCodec.header().length, file.size());
  }
}
