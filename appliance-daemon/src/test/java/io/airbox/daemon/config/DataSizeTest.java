package io.airbox.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DataSizeTest {
  @ParameterizedTest
  @CsvSource({"0B,0", "1kB,1024", "10MB,10485760", "2 gb,2147483648"})
  void readsNumbersWithUnits(String text, long bytes) {
    assertThat(DataSize.parse(text).bytes()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10", "-1MB", "1.5MB", "MB", "1TB", "99999999999999GB"})
  void refusesEverythingElse(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> DataSize.parse(text));
  }

  @Property
  void writesWhatItReads(@ForAll @LongRange(min = 0, max = 1L << 40) long bytes) {
    assertThat(DataSize.parse(new DataSize(bytes).toString()).bytes()).isEqualTo(bytes);
  }

  @Property
  void writesDurationsAsItReadsThem(@ForAll @LongRange(min = 0, max = 1L << 36) long millis) {
    assertThat(Durations.parse(Durations.format(Duration.ofMillis(millis))).toMillis())
        .isEqualTo(millis);
  }
}
