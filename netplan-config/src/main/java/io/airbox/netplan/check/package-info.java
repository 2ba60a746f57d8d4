/**
 * Findings, and the checks for what netplan itself lets through: colliding subnets, two default
 * routes, unreachable gateways, addresses that no host may have. Pure functions; thread-safe.
 */
@NullMarked
package io.airbox.netplan.check;

import org.jspecify.annotations.NullMarked;
