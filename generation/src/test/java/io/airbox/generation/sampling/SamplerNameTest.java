package io.airbox.generation.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.airbox.generation.GenerationException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SamplerNameTest {
  @ParameterizedTest
  @CsvSource({
    "Euler a, EULER_ANCESTRAL,",
    "euler A, EULER_ANCESTRAL,",
    "k_euler_a, EULER_ANCESTRAL,",
    "k_euler_ancestral, EULER_ANCESTRAL,",
    "Euler Ancestral, EULER_ANCESTRAL,",
    "Euler, EULER,",
    "k_euler, EULER,",
    "DPM++ 2M, DPMPP_2M,",
    "k_dpmpp_2m, DPMPP_2M,",
    "DPM++ 2M Karras, DPMPP_2M, KARRAS",
    "k_dpmpp_2m_ka, DPMPP_2M, KARRAS",
    "Euler SGM Uniform, EULER, SGM_UNIFORM",
    "LCM Karras, LCM, KARRAS",
    "DDIM trailing, DDIM, TRAILING",
    "ddim, DDIM,",
    "lcm, LCM,",
    "k_lcm, LCM,",
  })
  void knowsTheNamesThatPeopleUse(String name, SamplerKind sampler, Spacing spacing) {
    assertThat(SamplerName.parse(name)).isEqualTo(new SamplerName(sampler, spacing));
  }

  @ParameterizedTest
  @EnumSource
  void readsItsOwnIdsAndLabels(SamplerKind kind) {
    assertThat(SamplerName.parse(kind.id())).isEqualTo(new SamplerName(kind, null));
    assertThat(SamplerName.parse(kind.label())).isEqualTo(new SamplerName(kind, null));
  }

  @ParameterizedTest
  @EnumSource
  void readsTheAliasesThatItLists(SamplerKind kind) {
    assertThat(SamplerName.aliases(kind))
        .isNotEmpty()
        .doesNotContain(kind.id())
        .allSatisfy(
            alias -> assertThat(SamplerName.parse(alias)).isEqualTo(new SamplerName(kind, null)));
  }

  @ParameterizedTest
  @EnumSource
  void readsSpacingIdsAndLabels(Spacing spacing) {
    assertThat(Spacing.parse(spacing.id())).isEqualTo(spacing);
    assertThat(Spacing.parse(spacing.label())).isEqualTo(spacing);
  }

  @ParameterizedTest
  @EnumSource
  void defaultSpacingIsOneOfItsSpacings(SamplerKind kind) {
    assertThat(kind.spacings()).doesNotHaveDuplicates().isNotEmpty();
    kind.spacings().forEach(kind::requireSpacing);
  }

  @Test
  void suggestsANearName() {
    assertThatExceptionOfType(GenerationException.class)
        .isThrownBy(() -> SamplerName.parse("Eular"))
        .withMessage(
            "sampler \"Eular\" is not one of lcm, ddim, euler, euler_a, dpmpp_2m."
                + " Did you mean \"euler\"?")
        .satisfies(e -> assertThat(e.field()).isEqualTo("sampler"));
    assertThatExceptionOfType(GenerationException.class)
        .isThrownBy(() -> Spacing.parse("karas"))
        .withMessageStartingWith("spacing \"karas\" is not one of leading,")
        .withMessageEndingWith("Did you mean \"karras\"?")
        .satisfies(e -> assertThat(e.field()).isEqualTo("spacing"));
  }

  @Test
  void suggestsNothingForSomethingElse() {
    assertThatExceptionOfType(GenerationException.class)
        .isThrownBy(() -> SamplerName.parse("Restart"))
        .withMessage("sampler \"Restart\" is not one of lcm, ddim, euler, euler_a, dpmpp_2m.");
  }

  @Property(tries = 300)
  void refusesOrReadsAnything(@ForAll String name) {
    try {
      assertThat(SamplerName.parse(name).sampler()).isNotNull();
    } catch (GenerationException e) {
      assertThat(e.getMessage()).hasSizeLessThan(300);
    }
  }
}
