using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Tests;

/// <summary>A desired state to vary with `with`.</summary>
public static class Desired
{
    public const string Token = "canary-5f0e1c7a9d";

    public static ApplyRequest State(string deployment, TinyImage image) => new(
        deployment,
        image.Reference,
        new VmLimits(MemoryMb: 64, Cpus: 0.5, StorageMb: 32, Pids: 32),
        new VmRuntime(18789, "/readyz", new Dictionary<string, string> { ["BOT_NAME"] = "tiny" }),
        [new VmFile("config/bot.json", "{\"name\":\"tiny\"}")],
        [new VmSecret("gateway-token", Token)],
        [Machine.Model],
        new VmRoute($"{deployment.ToLowerInvariant().Replace('_', '-')}.localhost", TlsIssuer.Internal),
        ApplyStage.Route);
}
