/**
 * The Linux double: a virtual machine that stands for the box where a suite needs a real one to
 * break.
 *
 * <p>It has Debian 11 with systemd and netplan, the box's login on a serial console, two network
 * ports on a LAN of its own, and a power switch. A suite says {@link
 * io.airbox.hwtests.linux.LinuxDoubleTest} and asks for what it uses:
 *
 * <pre>{@code
 * @LinuxDoubleTest
 * class ClockIT {
 *   @Test
 *   void keepsTimeOverAPowerCut(LinuxDouble box) {
 *     box.powerCut();
 *     box.powerOn();
 *     assertThat(box.shell().run("date +%Y").output()).isEqualTo("2026\n");
 *   }
 * }
 * }</pre>
 *
 * <p>The words are labgrid's: {@link io.airbox.hwtests.linux.LinuxImage} and {@link
 * io.airbox.hwtests.linux.Lan} are resources, {@link io.airbox.hwtests.linux.LinuxDouble} and
 * {@link io.airbox.hwtests.linux.Console} are the drivers of power and console. Everything is used
 * from the test's thread; what the box says arrives on threads of the drivers' own.
 */
@NullMarked
package io.airbox.hwtests.linux;

import org.jspecify.annotations.NullMarked;
