using System.Collections.Immutable;
using System.Security.Cryptography;
using Launchpad.Shared.Health;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Tests.Health;

/// <summary>What a machine's words amount to, and what is not as it was wanted.</summary>
public sealed class ObservationTests
{
    private const string Bot = "dep_1";
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly VmLimits Limits = new(2048, 2, 10_240, 512);
    private static readonly VmBot Well = new(Bot, true, true, Now.AddHours(-1), 0, null, false, "r/i@sha256:1", Limits, []);
    private static readonly Wanted Wanted = new("r/i@sha256:1", Limits);

    [Theory]
    [InlineData(true, true, 600, 9, Sight.Up)]
    [InlineData(true, false, 60, 0, Sight.Silent)]
    [InlineData(true, false, 60, 1, Sight.Down)]
    [InlineData(true, false, 600, 0, Sight.Down)]
    [InlineData(false, false, 60, 0, Sight.Down)]
    public void A_bot_that_starts_is_not_down_and_one_that_keeps_starting_is(bool runs, bool ready, int age, int restarts, Sight expected)
    {
        var bot = Well with { Running = runs, Ready = ready, StartedAt = Now.AddSeconds(-age), Restarts = restarts };
        Assert.Equal(expected, Observation.Of([bot], Bot, Now));
    }

    [Theory]
    [InlineData(3, 3, Sight.Up)]
    [InlineData(3, 4, Sight.Up)]
    [InlineData(3, 5, Sight.Down)]
    [InlineData(3, 0, Sight.Up)]
    [InlineData(null, 5, Sight.Up)]
    public void A_bot_that_ended_twice_within_two_heartbeats_is_down_though_it_has_come_up_again(int? before, int restarts, Sight expected)
    {
        var told = new Heartbeat("vm", 0, Now, new(Now, 1, 1, [Well with { Restarts = restarts }]))
        {
            RestartsBefore = before is { } known ? new() { [Bot] = known } : new Dictionary<string, int>(),
        };
        Assert.Equal(expected, Observation.Of(told, Bot, Now));
    }

    [Fact]
    public void A_machine_that_has_nothing_of_a_bot_says_down_and_one_whose_docker_is_mute_says_nothing()
    {
        Assert.Equal(Sight.Down, Observation.Of([], Bot, Now));
        Assert.Equal(Sight.Silent, Observation.Of((IReadOnlyList<VmBot>?)null, Bot, Now));
    }

    [Fact]
    public void What_ended_with_its_machine_is_told_to_have_and_not_to_have_ended_by_itself()
    {
        var bot = Well with { Running = false, Ready = false, ExitCode = 255, MachineRestarted = true };
        Assert.True(Observation.IsOfMachine([bot], Bot));
        Assert.Equal("ended when its machine restarted", Observation.Tell([bot], Bot));
        Assert.False(Observation.IsOfMachine([Well, bot with { Deployment = "dep_2" }], Bot));
        Assert.False(Observation.IsOfMachine(null, Bot));
    }

    [Theory]
    [InlineData(89, Sight.Up)]
    [InlineData(90, Sight.Silent)]
    public void A_heartbeat_counts_for_90_seconds(int age, Sight expected) =>
        Assert.Equal(expected, Observation.Of(new Heartbeat("vm", 0, Now.AddSeconds(-age), new(Now, 1, 1, [Well])), Bot, Now));

    [Fact]
    public void What_is_as_wanted_does_not_differ()
    {
        Assert.Empty(Drift.Compare(Wanted, Well with { Files = [new("openclaw.json", "aa", "aa")] }));
        Assert.Null(Drift.Fingerprint([]));
    }

    [Fact]
    public void Each_thing_that_differs_is_told_with_both_sides()
    {
        var bot = Well with
        {
            Image = "r/i@sha256:2",
            Limits = Limits with { MemoryMb = 1 },
            Files = [new("openclaw.json", "aa", "bb"), new("workspace/AGENTS.md", "cc", null), new("same", "dd", "dd")],
        };
        Assert.Equal(
            [
                new("image", "r/i@sha256:1", "r/i@sha256:2"),
                new(
                    "limits", "2048 MB memory, 2 CPU, 10240 MB volume, 512 processes",
                    "1 MB memory, 2 CPU, 10240 MB volume, 512 processes"),
                new("openclaw.json", "aa", "bb"),
                new("workspace/AGENTS.md", "cc", null),
            ],
            Drift.Compare(Wanted, bot));
        Assert.Equal([new("container", "r/i@sha256:1", null)], Drift.Compare(Wanted, null));
    }

    [Fact]
    public void Other_differences_have_another_fingerprint()
    {
        var one = Drift.Fingerprint([new("image", "a", "b")]);
        Assert.Equal(one, Drift.Fingerprint([new("image", "a", "b")]));
        Assert.NotEqual(one, Drift.Fingerprint([new("image", "a", "c")]));
        Assert.NotEqual(one, Drift.Fingerprint([new("image", "a", null)]));
    }

    [Fact]
    public void A_container_is_nobodys_only_when_nobody_had_a_claim_before_and_after()
    {
        var none = new Vm(Tier.Shared, "vm_1", VmStatus.Ready, "s", 1, ImmutableSortedDictionary<string, int>.Empty, Now);
        var claimed = none.With(Bot, 1);
        Assert.Equal(Bot, Assert.Single(Drift.Unowned([Well], none, none)).Deployment);
        Assert.Empty(Drift.Unowned([Well], claimed, none));
        Assert.Empty(Drift.Unowned([Well], none, claimed));
        Assert.Empty(Drift.Unowned([Well with { Image = null }], none, none));
    }

    [Fact]
    public void A_heartbeat_is_the_machines_own_only_with_its_key_its_name_its_time_and_its_words()
    {
        var (key, blob, fingerprint) = HostKey();
        using var owned = key;
        var body = "{}"u8.ToArray();
        var signature = key.SignData(HeartbeatProof.Content("vm_1", 7, body), HashAlgorithmName.SHA256);
        Assert.True(HeartbeatSignature.IsValid(fingerprint, blob, "vm_1", 7, body, signature));
        Assert.False(HeartbeatSignature.IsValid(fingerprint, blob, "vm_2", 7, body, signature));
        Assert.False(HeartbeatSignature.IsValid(fingerprint, blob, "vm_1", 8, body, signature));
        Assert.False(HeartbeatSignature.IsValid(fingerprint, blob, "vm_1", 7, "{ }"u8, signature));
        Assert.False(HeartbeatSignature.IsValid(HostKey().Fingerprint, blob, "vm_1", 7, body, signature));
        Assert.False(HeartbeatSignature.IsValid(fingerprint, HostKey().Blob, "vm_1", 7, body, signature));
        Assert.False(HeartbeatSignature.IsValid(fingerprint, blob, "vm_1", 7, body, []));
        for (var length = 0; length < blob.Length; length++)
        {
            var cut = blob[..length];
            Assert.False(HeartbeatSignature.IsValid(Fingerprint(cut), cut, "vm_1", 7, body, signature));
        }
    }

    [Fact]
    public void A_key_that_is_no_point_of_the_curve_signs_nothing()
    {
        var (_, blob, _) = HostKey();
        blob[^1] ^= 1;
        Assert.False(HeartbeatSignature.IsValid(Fingerprint(blob), blob, "vm_1", 7, "{}"u8, new byte[64]));
    }

    private static (ECDsa Key, byte[] Blob, string Fingerprint) HostKey()
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        byte[] blob =
        [
            .. Field("ecdsa-sha2-nistp256"u8.ToArray()), .. Field("nistp256"u8.ToArray()), .. Field([4, .. point.X!, .. point.Y!]),
        ];
        return (key, blob, Fingerprint(blob));
    }

    private static string Fingerprint(byte[] blob) => Convert.ToBase64String(SHA256.HashData(blob)).TrimEnd('=');

    private static byte[] Field(byte[] bytes) => [0, 0, 0, (byte)bytes.Length, .. bytes];
}
