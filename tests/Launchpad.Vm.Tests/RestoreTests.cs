using System.Formats.Tar;
using Launchpad.Shared.Ssh;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Tests;

/// <summary>What comes back is what was sent, or nothing.</summary>
[Collection(MachineCollection.Name)]
public sealed class RestoreTests(Machine machine, BackupStore store) : IClassFixture<BackupStore>, IAsyncLifetime
{
    private const string Bot = "dep_01RESTORE";
    private const string Folder = $"/var/lib/launchpad/{Bot}";

    private static readonly string[] s_nothing = ["hosts", "state.json", "volume", "volume.img"];

    private readonly string _backup = $"bak_{Guid.NewGuid():n}";

    public async Task InitializeAsync()
    {
        await machine.ApplyAsync(Desired.State(Bot, machine.Image));
        await machine.OnVmAsync($"dd if=/dev/urandom of={Folder}/volume/data/big bs=1M count=6 2>/dev/null");
    }

    public Task DisposeAsync() => machine.RemoveAsync(Bot);

    [Fact]
    public async Task A_byte_that_changed_is_found_and_so_is_one_that_nobody_noted()
    {
        var request = await store.RestoreAsync(Bot, await BackupAsync());
        var stored = await store.ReadAsync(_backup);
        stored[stored.Length / 2] ^= 1;
        await store.WriteAsync("flipped", stored);

        await DamagedAsync(request with { From = store.From("flipped") }, "SHA-256");
        await DamagedAsync(request with { From = store.From("flipped"), StoredSha256 = BackupStore.Hash(stored) }, "does not decrypt");
        await DamagedAsync(request with { ArchiveSha256 = BackupStore.Hash([]) }, "not what was packed");
        await DamagedAsync(request with { ArchiveBytes = request.ArchiveBytes - 512 }, "holds more than");
    }

    [Fact]
    public async Task What_was_cut_off_is_told_with_how_much_of_it_is_there()
    {
        var request = await store.RestoreAsync(Bot, await BackupAsync());
        var stored = await store.ReadAsync(_backup);
        await store.WriteAsync("cut", stored[..^1000]);

        await DamagedAsync(request with { From = store.From("cut") }, $"{stored.Length - 1000} of {stored.Length} bytes");
    }

    [Fact]
    public async Task Neither_another_identity_nor_another_backups_header_opens_it()
    {
        var request = await store.RestoreAsync(Bot, await BackupAsync());
        var other = $"bak_{Guid.NewGuid():n}";
        await BackupStore.MakeAsync(machine, store.Backup(Bot, other));
        var header = BackupStore.HeaderOf(await store.ReadAsync(other));

        await DamagedAsync(request with { Identity = await BackupStore.NewIdentityAsync() }, "does not decrypt");
        await DamagedAsync(request with { Header = Convert.ToBase64String(header) }, "does not decrypt");
    }

    [Fact]
    public async Task An_address_that_leads_nowhere_is_refused_and_what_it_is_is_not_said()
    {
        var request = await store.RestoreAsync(Bot, await BackupAsync());
        var failure = await FailureAsync(request with { From = store.From("absent") });
        Assert.Equal((VmErrorCode.StoreRefused, false), (failure.Code, failure.Retryable));
        Assert.Contains("404 BlobNotFound", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sig", failure.Message, StringComparison.Ordinal);
        failure = await FailureAsync(request with { From = new(request.From.AbsoluteUri.Replace("sig=", "sig=A", StringComparison.Ordinal)) });
        Assert.Equal((VmErrorCode.StoreRefused, false), (failure.Code, failure.Retryable));
        Assert.Contains("403", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_fit_the_volume_is_told_so()
    {
        var larger = Desired.State(Bot, machine.Image);
        await machine.ApplyAsync(larger with { Limits = larger.Limits with { StorageMb = 64 } });
        await machine.OnVmAsync($"dd if=/dev/urandom of={Folder}/volume/data/more bs=1M count=30 2>/dev/null");
        var request = await store.RestoreAsync(Bot, await BackupAsync());

        var failure = await FailureAsync(request);

        Assert.True(failure is { Code: VmErrorCode.NoSpace, Retryable: false }, $"{failure.Code}: {failure.Message}");
        Assert.Contains("32 MB", failure.Message, StringComparison.Ordinal);
        Assert.True((await RestoreAsync(request with { StorageMb = 64 })).Fetched);
    }

    [Fact]
    public async Task No_archive_writes_beside_the_volume_or_makes_a_device()
    {
        (string What, Action<TarWriter> Write)[] bombs =
        [
            ("upwards", tar => File(tar, "../../outside")),
            ("absolute", tar => File(tar, "/outside")),
            ("link", tar =>
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "./out") { LinkName = "/" });
                File(tar, "./out/outside");
            }),
            ("hard", tar =>
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.HardLink, "./out") { LinkName = "/etc/passwd" });
                File(tar, "./out");
            }),
            ("device", tar => tar.WriteEntry(new PaxTarEntry(TarEntryType.BlockDevice, "./disk") { DeviceMajor = 7, DeviceMinor = 0 })),
            ("nonsense", _ => { }),
        ];
        var passwords = await machine.OnVmAsync("sha256sum /etc/passwd");
        foreach (var (what, write) in bombs)
        {
            using var output = new MemoryStream();
            using (var tar = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true))
            {
                write(tar);
            }

            var content = what is "nonsense" ? [.. Enumerable.Repeat((byte)'x', 4096)] : output.ToArray();
            var request = await store.RestoreOfTarAsync(Bot, what, content) with { Backup = _backup };
            if (what is "absolute")
            {
                // Taken for relative: it lies inside.
                Assert.Equal(1, (await RestoreAsync(request)).Contents.Files);
                await VolumeAsync(new(Bot, VolumeAction.Discard));
            }
            else
            {
                await DamagedAsync(request, "not readable");
            }
        }

        Assert.Equal(passwords, await machine.OnVmAsync("sha256sum /etc/passwd"));
        Assert.Equal("", await machine.OnVmAsync("find / -xdev -name outside; find /var/lib/launchpad -name outside"));

        static void File(TarWriter tar, string path) => tar.WriteEntry(
            new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream("out"u8.ToArray()) });
    }

    [Fact]
    public async Task What_opens_it_is_in_memory_only_and_only_meanwhile()
    {
        var request = await store.RestoreAsync(Bot, await BackupAsync());
        var secret = request.Identity[20..50];
        var address = request.From.Query.Split("sig=")[1][..20];

        // Broken in two, so that what looks for it is not what it finds.
        var pattern = $"-e '{secret[..^1]}'\"{secret[^1]}\" -e '{address[..^1]}'\"{address[^1]}\"";
        var restoring = machine.JobAsync("op_01RESTORE-fetch", VmVerb.Restore, request);
        while (!restoring.IsCompleted)
        {
            Assert.Equal("", await machine.OnVmAsync(
                $"grep -rlsF {pattern} /run/launchpad/jobs {Folder}/state.json /tmp /proc/[0-9]*/cmdline /proc/[0-9]*/environ || true"));
            await Task.Delay(50);
        }

        var (job, steps) = await restoring;
        Assert.Null(job.Error);
        Assert.Equal(VmSteps.Fetch, steps[^1].Name);
        Assert.Equal("", await machine.OnVmAsync(
            $"ls /run/launchpad | grep identity; grep -rlsF {pattern} /run/launchpad {Folder}/state.json || true"));
    }

    private Task<BackupResult> BackupAsync() => BackupStore.MakeAsync(machine, store.Backup(Bot, _backup));

    private async Task DamagedAsync(RestoreRequest request, string why)
    {
        var failure = await FailureAsync(request);
        Assert.Equal((VmErrorCode.BackupDamaged, false), (failure.Code, failure.Retryable));
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(request.Identity, failure.Message, StringComparison.Ordinal);
    }

    private async Task<VmFailedException> FailureAsync(RestoreRequest request)
    {
        var failure = await Assert.ThrowsAsync<VmFailedException>(() => RestoreAsync(request));
        Assert.Equal(s_nothing, (await machine.OnVmAsync($"ls -A {Folder}")).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("", await machine.OnVmAsync($"grep {Folder}/fetch /proc/mounts || true; ls /run/launchpad | grep identity || true"));
        return failure;
    }

    private Task<RestoreResult> RestoreAsync(RestoreRequest request) =>
        machine.AskAsync<RestoreRequest, RestoreResult>(VmVerb.Restore, request);

    private Task<VolumeResult> VolumeAsync(VolumeRequest request) => machine.AskAsync<VolumeRequest, VolumeResult>(VmVerb.Volume, request);
}
