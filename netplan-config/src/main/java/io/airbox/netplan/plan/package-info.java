/**
 * What a change would do, before anything is touched: which files get which bytes, what netplan
 * makes of them, what breaks, and where the box is found afterwards.
 *
 * <p>{@link io.airbox.netplan.plan.NetworkPlanner} is the way in. It reads a tree and writes
 * scratch folders only.
 *
 * <pre>{@code
 * NetworkPlanner planner = new NetworkPlanner(Path.of("/"), NetplanGenerate.installed());
 * NetworkPlan plan = planner.plan(Preset.BOTH_DHCP, Map.of(), Surroundings.UNKNOWN);
 * if (plan.isApplicable()) { … }
 * }</pre>
 */
@NullMarked
package io.airbox.netplan.plan;

import org.jspecify.annotations.NullMarked;
