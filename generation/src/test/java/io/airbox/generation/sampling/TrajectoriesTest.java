package io.airbox.generation.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.airbox.generation.random.NormalSource;
import io.airbox.generation.random.TorchCpuNormal;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every step of diffusers' and k-diffusion's samplers, noise included; see the README beside. */
class TrajectoriesTest {
  private static final int LENGTH = 4 * 8 * 8;

  /** Of the largest value in a trajectory: diffusers computes in single precision throughout. */
  private static final double RELATIVE = 2e-5;

  @TestFactory
  Stream<DynamicTest> agreesWithDiffusersAndKDiffusionAtEveryStep() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    try (InputStream in = TrajectoriesTest.class.getResourceAsStream("trajectories.json")) {
      for (JsonNode one : new ObjectMapper().readTree(in).get("cases")) {
        String name =
            String.join(
                " ",
                one.get("source").asText(),
                one.get("spacing").asText(),
                one.get("prediction").asText(),
                one.get("steps").asText(),
                one.get("strength").asText());
        tests.add(DynamicTest.dynamicTest(name, () -> check(one)));
      }
    }
    assertThat(tests).hasSize(32);
    return tests.stream();
  }

  private static void check(JsonNode one) {
    SamplingPlan plan =
        SamplingPlan.of(
            SamplerName.parse(one.get("sampler").asText()).sampler(),
            Spacing.parse(one.get("spacing").asText()),
            NoiseSchedule.STABLE_DIFFUSION,
            one.get("steps").asInt(),
            one.get("strength").isNull() ? null : one.get("strength").asDouble());
    Prediction prediction =
        one.get("prediction").asText().equals("epsilon") ? Prediction.EPSILON : Prediction.V;
    Sampler sampler = new Sampler(plan, prediction, LENGTH);
    NormalSource source = new TorchCpuNormal(one.get("seed").asLong());
    float[] latent = new float[LENGTH];
    if (plan.fromPicture()) {
      for (int i = 0; i < LENGTH; i++) {
        latent[i] = -1 + 2f * i / (LENGTH - 1);
      }
      sampler.startFrom(latent, source);
    } else {
      sampler.start(latent, source);
    }
    JsonNode trajectory = one.get("trajectory");
    double largest = largest(trajectory);
    assertClose("start", latent, trajectory.get(0), largest);
    assertThat(plan.steps()).isEqualTo(one.get("timesteps").size());
    float[] input = new float[LENGTH];
    float[] output = new float[LENGTH];
    for (int step = 0; step < plan.steps(); step++) {
      assertThat(plan.timestep(step)).isEqualTo(one.get("timesteps").get(step).asInt());
      sampler.modelInput(step, latent, input);
      for (int i = 0; i < LENGTH; i++) {
        output[i] = (float) (0.3 * input[i] + 0.2 * plan.timestep(step) / 1000 - 0.1);
      }
      sampler.step(step, latent, output, source);
      assertClose("after step " + step, latent, trajectory.get(step + 1), largest);
    }
  }

  private static double largest(JsonNode trajectory) {
    double largest = 1;
    for (JsonNode values : trajectory) {
      for (JsonNode value : values) {
        largest = Math.max(largest, Math.abs(value.asDouble()));
      }
    }
    return largest;
  }

  private static void assertClose(String what, float[] latent, JsonNode expected, double largest) {
    float[] wanted = new float[expected.size()];
    for (int i = 0; i < wanted.length; i++) {
      wanted[i] = (float) expected.get(i).asDouble();
    }
    assertThat(Arrays.copyOf(latent, wanted.length))
        .as(what)
        .containsExactly(wanted, Offset.offset((float) (RELATIVE * largest)));
  }
}
