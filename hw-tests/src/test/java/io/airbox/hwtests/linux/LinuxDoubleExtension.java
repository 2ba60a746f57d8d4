package io.airbox.hwtests.linux;

import io.airbox.hwtests.Checkout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * Boots a {@link LinuxDouble} for a class of tests and takes it away after them; see {@link
 * LinuxDoubleTest}.
 */
final class LinuxDoubleExtension
    implements BeforeAllCallback,
        BeforeEachCallback,
        ParameterResolver,
        TestExecutionExceptionHandler {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(LinuxDoubleExtension.class);

  private static final Path FOLDER = Checkout.path("hw-tests/target/linux-double");

  private static final int PROCESSORS = 2;

  /** Memory in megabytes. */
  private static final int BARE = 768;

  private static final int WITH_APPLIANCE = 1536;

  /** What a class of tests has; closed by JUnit with the class's context. */
  private record Bench(Lan lan, LinuxDouble box, @Nullable Appliance appliance)
      implements AutoCloseable {
    @Override
    public void close() {
      try (lan) {
        box.close();
      }
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    Class<?> tests = context.getRequiredTestClass();
    LinuxDoubleTest wish = tests.getAnnotation(LinuxDoubleTest.class);
    Path folder = FOLDER.resolve(tests.getSimpleName());
    try {
      LinuxImage image = LinuxImage.provide();
      List<Path> disks = wish.appliance() ? applianceDisks(image, context) : List.of();
      context.getStore(NAMESPACE).put(Bench.class, open(wish, image, disks, folder));
    } catch (LinuxDoubleUnavailableException e) {
      if ("true".equals(System.getenv("CI"))) {
        throw e;
      }
      throw new TestAbortedException("skipped: " + e.getMessage(), e);
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    bench(context).box().shell();
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    if (!(failure instanceof ConsoleException)) {
      LinuxDouble box = bench(context).box();
      failure.addSuppressed(
          new ConsoleException("all of it is in " + box.consoleLog(), box.console().screen()));
    }
    throw failure;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == LinuxDouble.class
        || type == Lan.class
        || type == Console.class
        || type == Appliance.class && bench(context).appliance() != null;
  }

  @Override
  public @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Bench bench = bench(context);
    Class<?> type = parameter.getParameter().getType();
    if (type == Lan.class) {
      return bench.lan();
    }
    if (type == Appliance.class) {
      return bench.appliance();
    }
    return type == Console.class ? bench.box().shell() : bench.box();
  }

  /** Made once for all classes of a run. */
  @SuppressWarnings("unchecked")
  private static List<Path> applianceDisks(LinuxImage image, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(Appliance.class, key -> Appliance.disks(image, FOLDER), List.class);
  }

  private static Bench open(LinuxDoubleTest wish, LinuxImage image, List<Path> disks, Path folder) {
    LinuxDouble.Options options =
        new LinuxDouble.Options(
            wish.appliance() ? WITH_APPLIANCE : BARE,
            PROCESSORS,
            disks,
            Duration.ofMinutes(wish.minutes()));
    Lan lan = Lan.open();
    try {
      LinuxDouble box = LinuxDouble.create(options, image, lan, folder);
      try {
        Console console = box.shell();
        return new Bench(lan, box, wish.appliance() ? Appliance.install(console) : null);
      } catch (RuntimeException e) {
        box.close();
        throw e;
      }
    } catch (RuntimeException e) {
      lan.close();
      throw e;
    }
  }

  private static Bench bench(ExtensionContext context) {
    return context.getStore(NAMESPACE).get(Bench.class, Bench.class);
  }
}
