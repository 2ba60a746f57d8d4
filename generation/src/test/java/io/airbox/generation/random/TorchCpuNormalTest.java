package io.airbox.generation.random;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values marked "torch" were printed by torch.randn of PyTorch 2.5.1 on an x86 CPU. */
class TorchCpuNormalTest {
  /** PyTorch's vectorised logarithm and sine are good to about 10⁻⁶. */
  private static final Offset<Float> TORCH = Offset.offset(2e-6f);

  private static final Offset<Float> FOUR_DIGITS = Offset.offset(5.1e-5f);

  private static float[] draw(NormalSource source, int length) {
    float[] values = new float[length];
    source.fill(values);
    return values;
  }

  private static void assertStarts(float[] values, Offset<Float> offset, double... expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(values[i]).as("value %d", i).isCloseTo((float) expected[i], offset);
    }
  }

  @Test
  void agreesWithThePublishedLatentOfSeed0() {
    assertStarts(
        draw(new TorchCpuNormal(0), 4 * 64 * 64),
        FOUR_DIGITS,
        -1.1258,
        -1.1524,
        -0.2506,
        -0.4339,
        0.8487,
        0.6920,
        -0.3160,
        -2.1152);
  }

  @Test
  void agreesWithThePublishedLatentOfSeed1() {
    assertStarts(
        draw(new TorchCpuNormal(1), 4 * 64 * 64), FOUR_DIGITS, -1.5256, -0.7502, -0.6540, -1.6095);
  }

  @Test
  void goesOnWithTheNextTensorLikeTorch() {
    TorchCpuNormal source = new TorchCpuNormal(42);
    float[] first = draw(source, 4 * 64 * 64);
    assertStarts(first, TORCH, 1.9269153, 1.4872841, 0.9007172, -2.1055212);
    assertStarts(
        Arrays.copyOfRange(first, first.length - 2, first.length),
        TORCH,
        0.9728097319602966,
        -0.29340609908103943);
    assertStarts(draw(source, 4 * 64 * 64), TORCH, -1.3046587, 1.4507034, 0.24427997, -0.27988964);
  }

  @ParameterizedTest(name = "{0} values, twice, then 16 (torch)")
  @CsvSource({
    "16, 1.9269152879714966, 0.7624453902244568, 1.6423169374465942, -1.3846737146377563",
    "17, 1.9269152879714966, -0.3097267746925354, -0.8712361454963684, 2.218075752258301",
    "20, 1.9269152879714966, -0.6215953826904297, 0.3188803195953369, 0.14533767104148865",
    "31, 1.9269152879714966, -1.234653115272522, -0.3552866280078888, -0.4976462423801422",
    "1, 0.33669036626815796, 0.33669036626815796, 0.12880940735340118, 0.6784184575080872",
    "5, 0.33669036626815796, -1.1228563785552979, -0.18632829189300537, -0.7581311464309692",
    "8, 0.33669036626815796, -0.637997031211853, 0.46165722608566284, -1.3846737146377563",
    "15, 0.33669036626815796, -0.9889599084854126, 0.9579718112945557, 0.36724865436553955",
  })
  void handlesAwkwardLengthsLikeTorch(
      int length, float first, float last, float second, float third) {
    TorchCpuNormal source = new TorchCpuNormal(42);
    float[] values = draw(source, length);
    assertThat(values[0]).isCloseTo(first, TORCH);
    assertThat(values[length - 1]).isCloseTo(last, TORCH);
    assertThat(draw(source, length)[0]).isCloseTo(second, TORCH);
    assertThat(draw(source, 16)[0]).isCloseTo(third, TORCH);
  }

  @Test
  void redrawsTheTailOfALengthThatIsNoMultipleOf16LikeTorch() {
    assertStarts(
        draw(new TorchCpuNormal(42), 17),
        TORCH,
        1.9269152879714966,
        -0.1595974713563919,
        -0.4973975419998169,
        0.439589262008667,
        -0.7581311464309692,
        1.078317642211914,
        0.8008005619049072,
        1.680620551109314,
        0.3558599054813385,
        1.2964228391647339,
        0.610466480255127,
        1.334737777709961,
        -0.2316243201494217,
        0.041759490966796875,
        -0.2515752911567688,
        0.859858512878418,
        -0.3097267746925354);
  }

  @Property(tries = 50)
  void usesTheLow32BitsOfTheSeedOnly(@ForAll long seed) {
    assertThat(draw(new TorchCpuNormal(seed), 16))
        .containsExactly(draw(new TorchCpuNormal(seed & 0xFFFF_FFFFL), 16));
  }

  @Property(tries = 20)
  void looksNormal(@ForAll @IntRange(min = 0) int seed) {
    NormalStatistics.assertNormal(draw(new TorchCpuNormal(seed), 20_000));
  }

  @Test
  void fillsNothingIntoNothing() {
    assertThat(draw(new TorchCpuNormal(3), 0)).isEmpty();
  }
}
