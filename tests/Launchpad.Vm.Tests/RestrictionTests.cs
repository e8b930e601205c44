using System.Globalization;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Tests;

/// <summary>Each restriction of a tenant's container, tried from inside it.</summary>
[Collection(MachineCollection.Name)]
public sealed class RestrictionTests(Machine machine) : IAsyncLifetime
{
    private const string One = "dep_01RESTRICTED";
    private const string Two = "dep_01NEIGHBOUR";

    // Applying what is already so costs little, so every test gets two tenants that it may have to share with nobody.
    public async Task InitializeAsync()
    {
        foreach (var deployment in (string[])[One, Two])
        {
            await machine.ApplyAsync(Desired.State(deployment, machine.Image));
            Assert.True((await machine.HealthAsync(deployment)).Ready, "the tenant is not ready");
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task It_runs_as_an_unprivileged_user_that_is_nobody_on_the_VM()
    {
        Assert.Contains("uid=1000(bot) gid=1000", await machine.InsideAsync(One, "id"), StringComparison.Ordinal);
        var text = await machine.InsideAsync(One, "cat /proc/self/uid_map");
        var map = text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("0", map[0]);
        Assert.True(int.Parse(map[1], CultureInfo.InvariantCulture) >= 65536, "the container's root is a user of the VM");
    }

    [Fact]
    public async Task It_has_no_capability_and_can_gain_no_privilege()
    {
        var status = await machine.InsideAsync(One, "cat /proc/self/status");
        foreach (var set in (string[])["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"])
        {
            Assert.Contains($"{set}:\t0000000000000000", status, StringComparison.Ordinal);
        }

        Assert.Contains("NoNewPrivs:\t1", status, StringComparison.Ordinal);
    }

    [Fact]
    public async Task System_calls_are_filtered()
    {
        Assert.Contains("Seccomp:\t2", await machine.InsideAsync(One, "cat /proc/self/status"), StringComparison.Ordinal);
        Assert.Contains("Operation not permitted", await machine.InsideAsync(One, "unshare -U true"), StringComparison.Ordinal);
        Assert.DoesNotContain("exit 0", await machine.InsideAsync(One, "mount -t tmpfs none /tmp"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_its_volume_and_a_bounded_tmp_are_writable()
    {
        foreach (var path in (string[])["/new", "/bin/new", "/etc/new", "/run/new"])
        {
            Assert.Contains("Read-only file system", await machine.InsideAsync(One, $"touch {path}"), StringComparison.Ordinal);
        }

        Assert.EndsWith("exit 1", await machine.InsideAsync(One, "touch /run/secrets/new || touch /etc/hosts"), StringComparison.Ordinal);
        Assert.Equal("exit 0", await machine.InsideAsync(One, "touch /data/new && touch /tmp/new && rm /data/new /tmp/new"));
        var full = await machine.InsideAsync(One, "dd if=/dev/zero of=/tmp/big bs=1M count=40; rm /tmp/big");
        Assert.Contains("No space left on device", full, StringComparison.Ordinal);
        var run = await machine.InsideAsync(One, "cat /bin/busybox >/tmp/sh; /bin/busybox chmod 755 /tmp/sh; /tmp/sh -c true");
        Assert.Contains("Permission denied", run, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_volume_is_full_when_its_plan_is()
    {
        var full = await machine.InsideAsync(One, "dd if=/dev/zero of=/data/big bs=1M count=64; ls -l /data/big; rm /data/big");
        Assert.Contains("No space left on device", full, StringComparison.Ordinal);
        Assert.Equal("exit 0", await machine.InsideAsync(Two, "dd if=/dev/zero of=/data/big bs=1M count=16 2>/dev/null && rm /data/big"));
    }

    [Fact]
    public async Task A_process_that_wants_more_memory_than_the_plan_is_ended()
    {
        // /dev/shm is memory of the container; 64 MB of it and the shell are more than it has.
        var ended = await machine.InsideAsync(One, "dd if=/dev/zero of=/dev/shm/big bs=1M count=63; echo ended $?; rm -f /dev/shm/big");
        Assert.DoesNotContain("ended 0", ended, StringComparison.Ordinal);
        await machine.OnVmAsync($"docker restart -t 1 launchpad-{One}");
    }

    [Fact]
    public async Task Its_processor_time_is_what_the_plan_says()
    {
        const string Slow = "dep_01SLOW";
        var state = Desired.State(Slow, machine.Image);
        await machine.ApplyAsync(state with { Limits = state.Limits with { Cpus = 0.1 }, Through = ApplyStage.Start });
        // Throttled periods and nanoseconds used, of a loop that would take all of a processor; the group's quota is 10 ms of each 100.
        var output = await machine.InsideAsync(
            Slow, "timeout 3 sh -c 'while true; do true; done'; cat $(ls /sys/fs/cgroup/cpu/cpu.stat /sys/fs/cgroup/cpu.stat 2>/dev/null)");
        var throttled = output.Split('\n').First(line => line.StartsWith("nr_throttled ", StringComparison.Ordinal)).Split(' ')[1];
        Assert.True(int.Parse(throttled, CultureInfo.InvariantCulture) >= 5, output);
        await machine.RemoveAsync(Slow);
    }

    [Fact]
    public async Task It_can_start_only_so_many_processes()
    {
        var output = await machine.InsideAsync(One, "for i in $(seq 60); do sleep 3 & done; wait");
        Assert.Contains("can't fork", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kernel_settings_are_out_of_its_reach()
    {
        Assert.DoesNotContain("exit 0", await machine.InsideAsync(One, "echo 1 >/proc/sys/kernel/core_uses_pid"), StringComparison.Ordinal);
        Assert.DoesNotContain("exit 0", await machine.InsideAsync(One, "head -c 1 /proc/kcore | grep -q ."), StringComparison.Ordinal);
        var mounted = await machine.InsideAsync(One, "cat /proc/mounts; ls /run /var/run");
        Assert.DoesNotContain("docker.sock", mounted, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_cannot_reach_another_tenant()
    {
        Assert.Equal("exit 1", await KnockAsync(await machine.AddressOfAsync(Two), 18789));
    }

    [Fact]
    public async Task It_cannot_reach_the_services_of_the_VM()
    {
        var vm = machine.Endpoint.Address;
        var gateway = (await machine.InsideAsync(One, "ip route | grep default")).Split(' ')[2];
        await machine.OnVmAsync("ss -ltn | grep -q ':22 ' && ss -ltn | grep -q ':443 '");
        foreach (var address in (string[])[vm, gateway, "10.254.0.1", "172.17.0.1", "127.0.0.1"])
        {
            foreach (var port in (int[])[22, 80, 443, 2019, 2375, 5055])
            {
                Assert.Equal("exit 1", await KnockAsync(address, port));
            }
        }
    }

    [Fact]
    public async Task It_reaches_the_allow_list_and_nothing_else()
    {
        var answer = await machine.InsideAsync(One, "(printf 'GET / HTTP/1.0\\r\\n\\r\\n'; sleep 3) | nc 10.254.0.1 9000");
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        // Docker's bridge on the other side of the VM stands for the internet.
        var outside = (await machine.OnVmAsync("ip route | grep default")).Split(' ')[2];
        Assert.Equal("exit 1", await KnockAsync(outside, 9));
        Assert.Equal("exit 1", await KnockAsync("169.254.169.254", 80));
        Assert.Contains("exit 1", await machine.InsideAsync(One, $"ping -c 1 -W 1 {outside}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_looks_up_no_names()
    {
        var answer = await machine.InsideAsync(One, "timeout 4 nslookup secret-data.example.com");
        Assert.DoesNotContain("exit 0", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_root_and_Caddy_reach_it_from_the_VM()
    {
        var address = await machine.AddressOfAsync(One);
        var knock = $"timeout 2 bash -c '</dev/tcp/{address}/18789' 2>/dev/null && echo open || echo closed";
        Assert.Equal("open", (await machine.OnVmAsync(knock)).Trim());
        Assert.Equal("open", (await machine.OnVmAsync($"setpriv --reuid caddy --regid caddy --clear-groups {knock}")).Trim());
        Assert.Equal("closed", (await machine.OnVmAsync($"setpriv --reuid launchpad --regid launchpad --clear-groups {knock}")).Trim());
        Assert.DoesNotContain("18789", await machine.OnVmAsync("ss -ltn; docker ps --format '{{.Ports}}'"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_are_in_one_place_for_one_reader()
    {
        Assert.Equal($"{Desired.Token}exit 0", await machine.InsideAsync(One, "cat /run/secrets/gateway-token"));
        Assert.Equal("400 1000 1000 1\nexit 0", await machine.InsideAsync(One, "stat -c '%a %u %g %h' /run/secrets/gateway-token"));
        Assert.Equal("tmpfs", (await machine.OnVmAsync($"stat -f -c %T /run/launchpad/{One}/secrets")).Trim());
        var seen = await machine.InsideAsync(One, "env; cat /proc/*/environ /proc/*/cmdline");
        Assert.DoesNotContain(Desired.Token, seen, StringComparison.Ordinal);
        seen = await machine.OnVmAsync($$"""
            docker inspect launchpad-{{One}}
            docker history --no-trunc $(docker inspect -f '{{"{{.Image}}"}}' launchpad-{{One}})
            cat /proc/*/environ /proc/*/cmdline 2>/dev/null | tr '\0' '\n'
            """);
        Assert.DoesNotContain(Desired.Token, seen, StringComparison.Ordinal);
        // Everything that outlives the power.
        const string Kept = "/var/lib/launchpad /var/lib/docker/*/containers /var/lib/caddy /var/log /etc /opt /root /home /tmp";
        Assert.Equal("", await machine.OnVmAsync($"grep -rlaF {Desired.Token} {Kept} 2>/dev/null || true"));
    }

    /// <summary>"exit 0" when the port is open.</summary>
    private Task<string> KnockAsync(string address, int port) =>
        machine.InsideAsync(One, $"timeout 3 nc -w 2 {address} {port} </dev/null >/dev/null 2>&1 || false");
}
