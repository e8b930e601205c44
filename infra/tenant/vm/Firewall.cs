using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm;

/// <summary>
/// What tenants' containers may reach and who may reach them: one nftables table, rendered whole from what the VM remembers and replaced
/// in one transaction. It stands before Docker's own rules, and unlike those it also covers the way from a container to the VM itself.
/// </summary>
internal static class Firewall
{
    private const string Table = "inet launchpad";

    /// <summary>Call with the VM lock held. Returns what it did, null when the live table is the rendered one.</summary>
    public static async Task<string?> ConvergeAsync(IReadOnlyList<DeploymentState> states)
    {
        var rules = Render(states, CaddyUser());
        var mark = "state " + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(rules)).AsSpan(0, 16));
        var live = await Command.RunAsync("/usr/sbin/nft", ["list", "table", "inet", "launchpad"]);
        if (live.Ok && live.Output.Contains($"comment \"{mark}\"", StringComparison.Ordinal))
        {
            return null;
        }

        var outcome = await Command.RunAsync("/usr/sbin/nft", ["-f", "-"], rules.Replace("@mark", mark, StringComparison.Ordinal));
        return outcome.Ok
            ? $"{states.Sum(state => state.Egress.Count)} destinations of {states.Count} deployments"
            : throw new VmFailure(VmErrorCode.NetworkFailed, $"The firewall did not take its rules: {outcome.Error}", retryable: true);
    }

    /// <summary>Only numbers, addresses and bridge names of our own making get into the text.</summary>
    internal static string Render(IReadOnlyList<DeploymentState> states, int? caddyUser)
    {
        var elements =
            from state in states
            where state.Slot is not null
            from place in state.Egress
            let colon = place.LastIndexOf(':')
            select $"\"{Network.BridgeOf(state.Slot!.Value)}\" . {place[..colon]} . {place[(colon + 1)..]}";
        var egress = string.Join(", ", elements);
        var tenants = $"\"{Network.BridgePrefix}*\"";
        var hosts = caddyUser is { } user ? $"0, {user.ToString(CultureInfo.InvariantCulture)}" : "0";

        // Rejecting instead of dropping lets the bot see at once that a place is closed, where silence would cost it a time-out.
        // The first line makes the second succeed when there is no table yet.
        return $$"""
            table {{Table}} {}
            delete table {{Table}}
            table {{Table}} {
              comment "@mark"
              set egress {
                type ifname . ipv4_addr . inet_service
                {{(egress.Length > 0 ? $"elements = {{ {egress} }}" : "")}}
              }
              chain from_tenant {
                ct state established,related accept
                iifname . ip daddr . tcp dport @egress accept
                meta l4proto tcp reject with tcp reset
                reject with icmpx type admin-prohibited
              }
              chain input {
                type filter hook input priority -10; policy accept;
                iifname {{tenants}} jump from_tenant
              }
              chain forward {
                type filter hook forward priority -10; policy accept;
                iifname {{tenants}} jump from_tenant
                oifname {{tenants}} ct state established,related accept
                oifname {{tenants}} drop
              }
              chain output {
                type filter hook output priority -10; policy accept;
                oifname {{tenants}} ct state established,related accept
                oifname {{tenants}} meta skuid { {{hosts}} } accept
                oifname {{tenants}} reject with icmpx type admin-prohibited
              }
            }

            """;
    }

    private static int? CaddyUser() =>
        File.ReadLines("/etc/passwd")
            .Select(line => line.Split(':'))
            .Where(fields => fields is ["caddy", _, _, ..])
            .Select(fields => (int?)int.Parse(fields[2], CultureInfo.InvariantCulture))
            .FirstOrDefault();
}
