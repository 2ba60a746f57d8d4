/**
 * The service from an attacker's side: a script of named abuses against a real daemon, each with
 * the refusal that it has to meet, while a normal client's pictures keep coming.
 *
 * <p>{@link io.airbox.hwtests.abuse.AbuseIT} is the script, {@link
 * io.airbox.hwtests.abuse.LanAbuseIT} what those can try who hear the network. Attackers come from
 * loopback addresses of their own (127.64.0.0 and up), so that limits by address are met one by
 * one; nothing leaves the machine.
 */
@NullMarked
package io.airbox.hwtests.abuse;

import org.jspecify.annotations.NullMarked;
