package io.airbox.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PictureLinksTest {
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final PictureLinks links = new PictureLinks(now::get);

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  @Test
  void anAddressWorksForAnHour() {
    String name = name(links.add("01k-0", PictureFormat.PNG));

    now.set(Instant.EPOCH.plus(Duration.ofMinutes(59)));
    assertThat(links.find(name)).get().extracting(PictureLinks.Link::picture).isEqualTo("01k-0");
    now.set(Instant.EPOCH.plus(Duration.ofHours(1)));
    assertThat(links.find(name)).isEmpty();
  }

  @Test
  void noTwoAreTheSameAndOfManyTheNewestStay() {
    String first = name(links.add("01k-0", PictureFormat.PNG));
    Set<String> names = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      names.add(name(links.add("01k-0", PictureFormat.PNG)));
    }

    assertThat(names).hasSize(1000).doesNotContain(first);
    assertThat(links.find(first)).isEmpty();
    assertThat(names).allSatisfy(name -> assertThat(links.find(name)).isPresent());
  }
}
