using System.Net;
using Launchpad.Shared.Ssh;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Tests;

/// <summary>What a bot keeps, sent away as it is at one moment.</summary>
[Collection(MachineCollection.Name)]
public sealed class BackupTests(Machine machine, BackupStore store) : IClassFixture<BackupStore>, IAsyncLifetime
{
    private const string Bot = "dep_01BACKUP";
    private const string Folder = $"/var/lib/launchpad/{Bot}";
    private const string Data = $"{Folder}/volume/data";

    private readonly string _backup = $"bak_{Guid.NewGuid():n}";

    private ApplyRequest Request => Desired.State(Bot, machine.Image);

    private BackupRequest Backup => store.Backup(Bot, _backup);

    public Task InitializeAsync() => machine.ApplyAsync(Request);

    public Task DisposeAsync() => machine.RemoveAsync(Bot);

    [Fact]
    public async Task What_a_bot_keeps_comes_back_as_it_was_whatever_its_names_and_kinds_are()
    {
        await machine.OnVmAsync($$"""
            set -e
            cd {{Data}}
            mkdir -p workspace/memory agents/main/agent cache/control-ui-assets tmp deep/$(printf 'x%.0s' $(seq 200)) closed
            echo '# MEMORY' >workspace/MEMORY.md
            echo yesterday >workspace/memory/1.md
            echo not one >workspace/notes.md
            echo asset >cache/control-ui-assets/a.js
            echo other >cache/other
            echo scratch >tmp/a
            printf 'with\nnewline' >"$(printf 'with\nnewline')"
            echo raw >"$(printf 'raw\377name')"
            echo dash >--checkpoint-action=exec=reboot
            ln -s /etc/shadow shadow
            ln -s loop loop
            ln deep/../workspace/notes.md hard
            mkfifo fifo
            python3 -c 'import os,socket; socket.socket(socket.AF_UNIX).bind("socket"); os.setxattr("hard", "user.note", b"kept")'
            truncate -s 20M hole
            echo set >setuid
            sqlite3 agents/main/agent/openclaw-agent.sqlite >/dev/null \
              'PRAGMA journal_mode = WAL; CREATE TABLE session_nodes (session_key TEXT NOT NULL PRIMARY KEY) STRICT' \
              "INSERT INTO session_nodes VALUES ('a'), ('b'), ('c')"
            chown -hR $(stat -c %u .):$(stat -c %g .) .
            chmod 4755 setuid
            chmod 500 closed
            chmod 000 tmp/a
            """);
        var before = await ListAsync();

        var made = await BackupAsync(Backup);

        Assert.Equal((3, 2), (made.Contents.Sessions, made.Contents.Memories));
        Assert.Equal(
            ["cache/control-ui-assets", "fifo", "socket", "tmp"],
            made.Contents.Left.Select(left => left.Path).Order(StringComparer.Ordinal));
        Assert.InRange(made.Contents.Files, 10, 14);
        var stored = await store.ReadAsync(_backup);
        Assert.Equal((made.StoredBytes, made.StoredSha256), (stored.Length, BackupStore.Hash(stored)));
        Assert.Equal(before, await ListAsync());

        await RemoveAllAsync();
        var request = await store.RestoreAsync(Bot, made);
        await store.AppendAsync(_backup, "more of it, by whoever had the address"u8.ToArray());
        var back = await RestoreAsync(request);
        Assert.True(back.Fetched);
        Assert.Equal(
            (made.Contents.Files, made.Contents.Bytes, made.Contents.Sessions, made.Contents.Memories),
            (back.Contents.Files, back.Contents.Bytes, back.Contents.Sessions, back.Contents.Memories));
        await VolumeAsync(new(Bot, VolumeAction.Bring, Backup: _backup));
        await machine.ApplyAsync(Request);
        Assert.Equal(before, await ListAsync());
        Assert.Equal("b'kept'", (await machine.OnVmAsync(
            $"cd {Data}; python3 -c 'import os; print(os.getxattr(\"hard\", \"user.note\"))'")).Trim());
        Assert.Equal("cache/other", (await machine.OnVmAsync($"cd {Data}; ls -d cache/* tmp fifo socket 2>/dev/null || true")).Trim());
        Assert.True((await machine.HealthAsync(Bot)).Ready);
    }

    [Fact]
    public async Task The_bot_goes_on_and_its_writers_wait_only_a_moment()
    {
        await machine.OnVmAsync($"dd if=/dev/urandom of={Data}/big bs=1M count=20 2>/dev/null");
        await machine.OnVmAsync(
            $"docker exec --detach launchpad-{Bot} sh -c 'while sleep 0.05; do read -r up _ </proc/uptime; echo $up >>/data/beats; done'");
        var boot = (await machine.HealthAsync(Bot)).StartedAt;

        var made = await BackupAsync(Backup);

        Assert.Equal(boot, (await machine.HealthAsync(Bot)).StartedAt);
        Assert.Equal(0, made.StoppedMs);
        Assert.InRange(made.HeldMs, 1, 5000);
        var beats = (await machine.OnVmAsync($"cat {Data}/beats"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(double.Parse).ToList();
        var longest = beats.Zip(beats.Skip(1), (one, next) => next - one).Max();
        Assert.True(longest * 1000 < made.HeldMs + 2000, $"a writer waited for {longest} s");
        Assert.Equal("hosts state.json volume volume.img", (await machine.OnVmAsync($"ls -A {Folder} | xargs")).Trim());
    }

    [Fact]
    public async Task The_address_lets_nobody_read_list_overwrite_or_delete()
    {
        await BackupAsync(Backup);
        using var http = new HttpClient();
        var before = await store.ReadAsync(_backup);
        var container = new Uri(Backup.To.AbsoluteUri.Replace($"/{_backup}", "", StringComparison.Ordinal) + "&restype=container&comp=list");
        (HttpMethod Method, Uri Address)[] all =
        [
            (HttpMethod.Get, Backup.To), (HttpMethod.Head, Backup.To), (HttpMethod.Get, container), (HttpMethod.Put, Backup.To),
            (HttpMethod.Delete, Backup.To),
        ];
        foreach (var (method, address) in all)
        {
            using var request = new HttpRequestMessage(method, address) { Headers = { { "x-ms-version", "2021-12-02" } } };
            if (method == HttpMethod.Put)
            {
                request.Headers.Add("x-ms-blob-type", "AppendBlob");
                request.Content = new ByteArrayContent([]);
            }

            using var answer = await http.SendAsync(request);
            Assert.True(answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Conflict, $"{method} is answered {answer.StatusCode}");
        }

        Assert.Equal(before, await store.ReadAsync(_backup));
    }

    [Fact]
    public async Task A_second_run_is_refused_by_the_store_and_never_says_where()
    {
        await BackupAsync(Backup);
        var failure = await Assert.ThrowsAsync<VmFailedException>(() => BackupAsync(Backup));
        Assert.Equal((VmErrorCode.StoreRefused, false), (failure.Code, failure.Retryable));
        Assert.Matches("it answers 40[39] [A-Z]", failure.Message);
        Assert.DoesNotContain("sig=", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_newest_stay_on_the_machine_and_are_restored_without_the_store()
    {
        List<BackupResult> all = [];
        for (var number = 0; number < 3; number++)
        {
            await machine.InsideAsync(Bot, $"echo {number} >/data/says; sync");
            all.Add(await BackupAsync(store.Backup(Bot, $"bak_{number}{Guid.NewGuid():n}"[..36]) with { Keep = 2 }));
        }

        Assert.Equal(
            all.Skip(1).Select(made => made.Backup),
            (await machine.OnVmAsync($"ls {Folder}/backups")).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(
            "700 600", (await machine.OnVmAsync($"cd {Folder}/backups; echo $(stat -c %a .) $(stat -c %a {all[1].Backup})")).Trim());
        var request = await store.RestoreAsync(Bot, all[1]);
        var back = await RestoreAsync(request with { From = new("http://192.0.2.1/nowhere?sig=none") });
        Assert.False(back.Fetched);
        Assert.False((await RestoreAsync(request)).Fetched);
        await VolumeAsync(new(Bot, VolumeAction.Bring, Of: 1, Backup: all[1].Backup));
        await machine.ApplyAsync(Request);
        Assert.Equal("1\nexit 0", await machine.InsideAsync(Bot, "cat /data/says"));

        // One that is not what it was is fetched.
        await machine.OnVmAsync($"printf x | dd of={Folder}/backups/{all[2].Backup} bs=1 seek=500 conv=notrunc 2>/dev/null");
        Assert.True((await RestoreAsync(await store.RestoreAsync(Bot, all[2]))).Fetched);

        await machine.RemoveAsync(Bot);
        Assert.DoesNotContain(Bot, await machine.OnVmAsync("ls /var/lib/launchpad"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_machine_without_room_for_the_copy_says_so_and_leaves_the_bot_alone()
    {
        await machine.OnVmAsync($"dd if=/dev/urandom of={Data}/big bs=1M count=20 2>/dev/null; sync");
        await OnSmallDiskAsync(sizeMb: 16, async () =>
        {
            var failure = await Assert.ThrowsAsync<VmFailedException>(() => BackupAsync(Backup));
            Assert.Equal((VmErrorCode.NoSpace, false), (failure.Code, failure.Retryable));
            Assert.Matches("[0-9]+ MB free and [0-9]+ MB are needed", failure.Message);
            Assert.DoesNotContain("copy", await machine.OnVmAsync($"ls {Folder}"), StringComparison.Ordinal);
        });
        Assert.True((await machine.HealthAsync(Bot)).Ready);
    }

    [Fact]
    public async Task What_is_kept_gives_way_to_what_volumes_need_and_the_backup_is_made_without_it()
    {
        await OnSmallDiskAsync(sizeMb: 100, async () =>
        {
            await machine.OnVmAsync($"mkdir -m 700 {Folder}/backups; head -c 5M /dev/urandom >{Folder}/backups/bak_01OLD");
            await BackupAsync(Backup with { Keep = 5 });
            Assert.Equal($"bak_01OLD {_backup}", (await machine.OnVmAsync($"ls {Folder}/backups | xargs")).Trim());

            await machine.OnVmAsync("dd if=/dev/zero of=/var/lib/launchpad/filler bs=1M count=84 2>/dev/null");
            var made = await BackupAsync(store.Backup(Bot, _backup[..20]) with { Keep = 5 });
            Assert.Equal(made.StoredBytes, (await store.ReadAsync(made.Backup)).Length);
            Assert.Equal("", await machine.OnVmAsync($"ls -A {Folder}/backups"));
        });
    }

    /// <summary>In place of the machine's, with the bot's volume on it as if it took no room.</summary>
    private async Task OnSmallDiskAsync(int sizeMb, Func<Task> run)
    {
        await machine.OnVmAsync($"""
            set -e
            mount -t tmpfs -o size={sizeMb}m,mode=755 small /mnt
            mkdir /mnt/{Bot} /mnt/{Bot}/volume
            for file in state.json hosts; do cp {Folder}/$file /mnt/{Bot}; done
            touch /mnt/{Bot}/volume.img
            mount --bind {Folder}/volume.img /mnt/{Bot}/volume.img
            mount --bind {Folder}/volume /mnt/{Bot}/volume
            mount --rbind /mnt /var/lib/launchpad
            """);
        try
        {
            await run();
        }
        finally
        {
            await machine.OnVmAsync("umount --recursive --lazy /var/lib/launchpad; umount --recursive --lazy /mnt");
        }
    }

    /// <summary>Kind, mode, owner, size, links, time, target and content of everything that a backup holds; the config is the product's.</summary>
    private Task<string> ListAsync() => machine.OnVmAsync($$"""
        cd {{Data}}
        left='-path ./config -o -path ./tmp -o -path ./cache/control-ui-assets'
        find . \( $left \) -prune -o ! -type s ! -type p ! -type d -printf '%P %y %m %U:%G %s %n %T@ %l\n' | LC_ALL=C sort
        find . \( $left \) -prune -o -type d ! -path . ! -path ./cache -printf '%P %m %U:%G %T@\n' | LC_ALL=C sort
        find . \( $left \) -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
        """);

    private Task<string> RemoveAllAsync() =>
        machine.OnVmAsync($"find {Data} -mindepth 1 ! -path '{Data}/config*' -delete");

    private Task<BackupResult> BackupAsync(BackupRequest request) => BackupStore.MakeAsync(machine, request);

    private Task<RestoreResult> RestoreAsync(RestoreRequest request) =>
        machine.AskAsync<RestoreRequest, RestoreResult>(VmVerb.Restore, request);

    private Task<VolumeResult> VolumeAsync(VolumeRequest request) => machine.AskAsync<VolumeRequest, VolumeResult>(VmVerb.Volume, request);
}
