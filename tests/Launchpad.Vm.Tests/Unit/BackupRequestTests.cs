extern alias vm;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using vm::Launchpad.Shared.Vms;
using vm::Launchpad.Vm;

namespace Launchpad.Vm.Tests.Unit;

/// <summary>What a backup, a restore and a change of volumes may say.</summary>
public sealed class BackupRequestTests
{
    private const string Address = "https://store.example/backups/one?sig=canary";
    private static readonly string s_sha256 = new('a', 64);

    private static readonly BackupRequest s_backup =
        new("dep_01", "bak_01", new(Address), $"age1{new string('q', 58)}", HeldSecondsMax: 15, StoppedSecondsMax: 90, Keep: 30);

    private static readonly RestoreRequest s_restore = new(
        "dep_01", "bak_01", "dep_02", new(Address), Convert.ToBase64String("age-encryption.org/v1\n-> X"u8), HeaderBytes: 200,
        $"AGE-SECRET-KEY-1{new string('Q', 58)}", StoredBytes: 201, s_sha256, ArchiveBytes: 1, s_sha256, StorageMb: 16);

    public static TheoryData<string, string> Backups => new()
    {
        { "deployment", "\"../x\"" }, { "backup", "\"../x\"" }, { "backup", "\"bak_01/..\"" }, { "to", "\"ftp://store.example/x?sig=canary\"" },
        { "to", "\"/relative?sig=canary\"" }, { "to", "\"https://store.example/x\"" }, { "to", "\"https://user:canary@store.example/x?sig=canary\"" },
        { "to", "\"https://store.example/x?sig=canary#f\"" }, { "recipient", "\"age1short\"" }, { "recipient", "\"-i/etc/shadow\"" },
        { "heldSecondsMax", "16" }, { "heldSecondsMax", "-1" }, { "stoppedSecondsMax", "89" }, { "stoppedSecondsMax", "3601" }, { "keep", "31" },
        { "keep", "-1" },
    };

    public static TheoryData<string, string> Restores => new()
    {
        { "deployment", "\"x\"" }, { "of", "\"../dep_02\"" }, { "backup", "\"..\"" }, { "from", "\"file:///etc/shadow?sig=canary\"" },
        { "header", "\"canary, not base64\"" }, { "header", "\"Y2FuYXJ5\"" }, { "headerBytes", "0" }, { "headerBytes", "9000" },
        { "identity", "\"AGE-SECRET-KEY-1canary\"" }, { "storedBytes", "200" }, { "storedSha256", "\"A\"" }, { "archiveBytes", "0" },
        { "archiveSha256", "\"\"" }, { "storageMb", "15" },
    };

    public static TheoryData<VolumeRequest, bool> Volumes => new()
    {
        { new("dep_01", VolumeAction.Bring, Of: 1, Backup: "bak_01"), true },
        { new("dep_01", VolumeAction.Bring, Backup: "bak_01"), true },
        { new("dep_01", VolumeAction.Bring, Of: 1), false },
        { new("dep_01", VolumeAction.Bring, Of: 1, Kept: 2, Backup: "bak_01"), false },
        { new("dep_01", VolumeAction.Bring, Backup: "../bak"), false },
        { new("dep_01", VolumeAction.Bring, To: "can_01", Backup: "bak_01"), false },
        { new("dep_01", VolumeAction.Copy, To: "can_01", Backup: "bak_01"), true },
        { new("dep_01", VolumeAction.Copy, To: "can_01", Kept: 1, Backup: "bak_01"), false },
        { new("dep_01", VolumeAction.Keep, Of: 1, Backup: "bak_01"), false },
        { new("dep_01", VolumeAction.Return, Kept: 1, Backup: "bak_01"), false },
        { new("dep_01", VolumeAction.Discard), true },
        { new("dep_01", VolumeAction.Discard, Of: 1), false },
        { new("dep_01", VolumeAction.Discard, Backup: "bak_01"), false },
    };

    [Fact]
    public void What_is_of_the_grammar_passes()
    {
        Assert.Equal(s_backup, Requests.Parse(JsonSerializer.SerializeToUtf8Bytes(s_backup, VmJson.Default.BackupRequest), VmJson.Default.BackupRequest));
        Assert.Equal(s_restore, Requests.Parse(JsonSerializer.SerializeToUtf8Bytes(s_restore, VmJson.Default.RestoreRequest), VmJson.Default.RestoreRequest));
    }

    [Theory]
    [MemberData(nameof(Backups))]
    public void A_backup_refuses_everything_else_and_repeats_none_of_it(string field, string value) =>
        Refused(s_backup, VmJson.Default.BackupRequest, field, value);

    [Theory]
    [MemberData(nameof(Restores))]
    public void A_restore_refuses_everything_else_and_repeats_none_of_it(string field, string value) =>
        Refused(s_restore, VmJson.Default.RestoreRequest, field, value);

    [Theory]
    [MemberData(nameof(Volumes))]
    public void A_volume_is_brought_copied_or_discarded_and_nothing_in_between(VolumeRequest request, bool passes)
    {
        var document = JsonSerializer.SerializeToUtf8Bytes(request, VmJson.Default.VolumeRequest);
        Assert.Equal(passes, Record.Exception(() => Requests.Parse(document, VmJson.Default.VolumeRequest)) is null);
    }

    private static void Refused<T>(T valid, JsonTypeInfo<T> type, string field, string value)
        where T : class
    {
        var document = JsonSerializer.SerializeToNode(valid, type)!;
        document[field] = JsonNode.Parse(value);
        var failure = Assert.Throws<VmFailure>(() => Requests.Parse(Encoding.UTF8.GetBytes(document.ToJsonString()), type));
        Assert.Equal((VmErrorCode.InvalidRequest, false), (failure.Code, failure.Retryable));
        Assert.DoesNotContain("canary", failure.Message, StringComparison.Ordinal);
    }
}
