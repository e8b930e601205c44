using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Launchpad.Shared.Ssh;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Tests;

/// <summary>What apply, remove, health, logs and exec-test do to a VM.</summary>
[Collection(MachineCollection.Name)]
public sealed class ApplyTests(Machine machine) : IAsyncLifetime
{
    private const string Bot = "dep_01APPLY";

    private ApplyRequest Request => Desired.State(Bot, machine.Image);

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => machine.RemoveAsync(Bot);

    [Fact]
    public async Task A_second_apply_of_the_same_document_skips_every_step()
    {
        var (first, steps) = await machine.ApplyAsync(Request);
        Assert.True(first.Changed);
        var names = steps.Where(step => step.State != VmStepState.Started).Select(step => step.Name).ToList();
        AssertBothFirst(names);
        Assert.Equal(
            [VmSteps.Firewall, VmSteps.Files, VmSteps.Secrets, VmSteps.Pull, VmSteps.Start, VmSteps.Route], names.Skip(2));

        var (second, again) = await machine.ApplyAsync(Request);
        Assert.False(second.Changed);
        Assert.All(again, step => Assert.Equal(VmStepState.Skipped, step.State));
        Assert.Equal(first.Container, second.Container);

        var (third, _) = await machine.ApplyAsync(Request with { Secrets = null });
        Assert.False(third.Changed);
    }

    /// <summary>They are done at once, and end in either order.</summary>
    private static void AssertBothFirst(IEnumerable<string?> names) =>
        Assert.Equal([VmSteps.Network, VmSteps.Volume], names.Take(2).Order(StringComparer.Ordinal));

    [Fact]
    public async Task Apply_goes_only_as_far_as_it_is_told()
    {
        var (prepared, steps) = await machine.ApplyAsync(Request with { Through = ApplyStage.Prepare, Image = null, Secrets = null });
        AssertBothFirst(steps.Select(step => step.Name));
        Assert.Equal(VmSteps.Firewall, Assert.Single(steps.Skip(2)).Name);
        Assert.Null(prepared.Container);
        var missing = await FailureAsync(Request with { Through = ApplyStage.Configure, Secrets = null });
        Assert.Equal((VmErrorCode.SecretsMissing, false), (missing.Code, missing.Retryable));
        var (configured, _) = await machine.ApplyAsync(Request with { Through = ApplyStage.Configure });
        Assert.Null(configured.Container);
    }

    [Fact]
    public async Task Another_image_limit_file_or_secret_replaces_the_container()
    {
        var (current, _) = await machine.ApplyAsync(Request);
        await machine.InsideAsync(Bot, "echo kept >/data/kept");
        foreach (var changed in (ApplyRequest[])
        [
            Request with { Image = machine.OtherImage.Reference },
            Request with { Limits = Request.Limits with { MemoryMb = 96 } },
            Request with { Files = [new VmFile("config/bot.json", "{}")] },
            Request with { Secrets = [new VmSecret("gateway-token", "other")] },
        ])
        {
            var (next, _) = await machine.ApplyAsync(changed);
            Assert.NotEqual(current.Container, next.Container);
            Assert.True((await machine.HealthAsync(Bot)).Ready);
            Assert.Contains("kept", await machine.InsideAsync(Bot, "cat /data/kept"), StringComparison.Ordinal);
            current = next;
        }

        Assert.StartsWith("other", await machine.InsideAsync(Bot, "cat /run/secrets/gateway-token"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Remove_leaves_nothing_and_can_be_repeated()
    {
        // Whatever was removed last, the firewall's empty table and Caddy's empty list of routes stay.
        await machine.RemoveAsync(Bot);
        var before = await TracesAsync();
        await machine.ApplyAsync(Request);
        Assert.NotEqual(before, await TracesAsync());
        Assert.True((await machine.RemoveAsync(Bot)).Existed);
        Assert.Equal(before, await TracesAsync());
        Assert.False((await machine.RemoveAsync(Bot)).Existed);

        // Loop devices are the kernel's: those of other VMs on it come and go.
        Task<string> TracesAsync() => machine.OnVmAsync($$"""
            docker ps -a | grep {{Bot}}
            docker network ls | grep {{Bot}}
            ls /var/lib/launchpad
            ls /run/launchpad | grep -v locks
            ls /sys/class/net | sed 's/veth.*/veth/' | sort
            grep launchpad /proc/mounts
            losetup -a | grep {{Bot}}
            nft list table inet launchpad | grep -v comment
            exec 3<>/dev/tcp/127.0.0.1/2019
            printf 'GET /config/ HTTP/1.0\r\nHost: 127.0.0.1:2019\r\n\r\n' >&3
            tail -n 1 <&3
            """);
    }

    [Fact]
    public async Task A_kept_volume_is_there_for_the_next_apply()
    {
        await machine.ApplyAsync(Request);
        await machine.InsideAsync(Bot, "echo kept >/data/kept");
        await machine.RemoveAsync(Bot, keepVolume: true);
        var left = await machine.OnVmAsync("docker ps -a; docker network ls; cat /proc/mounts; ls /run/launchpad");
        Assert.DoesNotContain(Bot, left, StringComparison.Ordinal);
        await machine.ApplyAsync(Request);
        Assert.Contains("kept", await machine.InsideAsync(Bot, "cat /data/kept"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Caddy_serves_the_name_over_TLS_also_after_its_own_restart_and_not_after_removal()
    {
        await machine.ApplyAsync(Request);
        await machine.HealthAsync(Bot);
        Assert.StartsWith("HTTP/1.1 200", await GetAsync(Request.Route!.Host), StringComparison.Ordinal);
        await machine.OnVmAsync("kill $(pidof caddy); sleep 2");
        Assert.StartsWith("HTTP/1.1 200", await GetAsync(Request.Route!.Host), StringComparison.Ordinal);
        Assert.False((await machine.ApplyAsync(Request)).Result.Changed);
        await machine.OnVmAsync("kill $(pidof caddy)");
        await machine.RemoveAsync(Bot);
        await Assert.ThrowsAnyAsync<Exception>(() => GetAsync(Request.Route!.Host));
    }

    [Fact]
    public async Task After_a_reboot_nothing_runs_half_and_one_apply_brings_all_of_it_back()
    {
        await machine.ApplyAsync(Request);
        await machine.InsideAsync(Bot, "echo kept >/data/kept");
        await machine.RestartAsync();
        await machine.UntilUpAsync();
        var down = await machine.HealthAsync(Bot, 0);
        Assert.Equal((false, true), (down.Running, down.MachineRestarted));
        var told = (await machine.AskAsync<FactsRequest, FactsResult>(VmVerb.Facts, new())).Bots!.Single(bot => bot.Deployment == Bot);
        Assert.Equal((false, true), (told.Running, told.MachineRestarted));
        Assert.Equal(VmErrorCode.SecretsMissing, (await FailureAsync(Request with { Secrets = null })).Code);
        await machine.ApplyAsync(Request);
        var up = await machine.HealthAsync(Bot);
        Assert.Equal((true, false), (up.Ready, up.MachineRestarted));
        Assert.Contains("kept", await machine.InsideAsync(Bot, "cat /data/kept"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_that_the_tenant_left_is_replaced_and_never_written_through()
    {
        await machine.ApplyAsync(Request);
        await machine.OnVmAsync("echo untouched >/etc/launchpad-canary");
        await machine.InsideAsync(Bot, "cd /data; rm config/bot.json; ln -s /etc/launchpad-canary config/bot.json; ln -s /etc outside");
        await machine.ApplyAsync(Request with { Files = [new VmFile("config/bot.json", "new")] });
        Assert.Contains("new", await machine.InsideAsync(Bot, "cat /data/config/bot.json"), StringComparison.Ordinal);
        var failure = await FailureAsync(Request with { Files = [new VmFile("outside/launchpad-canary", "new")] });
        Assert.Equal(VmErrorCode.PathBlocked, failure.Code);
        Assert.Equal("untouched", (await machine.OnVmAsync("cat /etc/launchpad-canary")).Trim());
    }

    [Fact]
    public async Task An_image_that_the_registry_does_not_have_is_said_to_be_missing()
    {
        var failure = await FailureAsync(Request with { Image = $"127.0.0.1:5055/launchpad/tiny@sha256:{new string('0', 64)}" });
        Assert.Equal((VmErrorCode.ImageMissing, false), (failure.Code, failure.Retryable));
        failure = await FailureAsync(Request with { Image = $"127.0.0.1:5056/launchpad/tiny@sha256:{new string('0', 64)}" });
        Assert.Equal((VmErrorCode.ImagePullFailed, true), (failure.Code, failure.Retryable));
    }

    [Fact]
    public async Task A_volume_that_does_not_fit_is_refused_before_anything_is_made_of_it()
    {
        var failure = await FailureAsync(Request with { Limits = Request.Limits with { StorageMb = 16 << 20 } });
        Assert.Equal((VmErrorCode.NoSpace, false), (failure.Code, failure.Retryable));
    }

    [Fact]
    public async Task A_bot_that_ends_at_once_is_seen_at_once()
    {
        await machine.ApplyAsync(InMode("exit"));
        var health = await machine.HealthAsync(Bot, 20);
        while (health.Running)
        {
            // Docker starts it anew, and on a busy machine each look may come while it does.
            health = await machine.HealthAsync(Bot, 1);
        }

        Assert.Equal((false, false, 3), (health.Running, health.Ready, health.ExitCode));
        Assert.Equal("cannot go on", health.LastLines![^1]);
        Assert.InRange(health.LastLines!.Count, 1, 20);
        var logs = await machine.AskAsync<LogsRequest, LogsResult>(VmVerb.Logs, new LogsRequest(Bot));
        Assert.Contains(logs.Lines, line => line is { Stream: "stderr", Text: "cannot go on" });
        var failure = await Assert.ThrowsAsync<VmFailedException>(() => AskBotAsync("hello"));
        Assert.Equal(VmErrorCode.NotRunning, failure.Code);
    }

    [Fact]
    public async Task A_bot_that_keeps_ending_says_why_and_one_that_runs_has_nothing_to_explain()
    {
        await machine.ApplyAsync(InMode("stumbles"));
        var health = await machine.HealthAsync(Bot, 20);
        while (health.Restarts == 0)
        {
            health = await machine.HealthAsync(Bot, 1);
        }

        Assert.False(health.Ready);
        Assert.Equal(4, health.ExitCode);
        Assert.Equal("no key for this provider", health.LastLines![^1]);

        await machine.ApplyAsync(Request);
        Assert.Null((await machine.HealthAsync(Bot)).LastLines);
    }

    [Fact]
    public async Task The_bot_answers_a_message_to_whoever_holds_its_token()
    {
        await machine.ApplyAsync(Request);
        await machine.HealthAsync(Bot);
        Assert.Equal("echo hello", (await AskBotAsync("hello")).Answer);
        var failure = await Assert.ThrowsAsync<VmFailedException>(async () =>
        {
            await machine.OnVmAsync($"rm /run/launchpad/{Bot}/secrets/gateway-token");
            await AskBotAsync("hello");
        });
        Assert.Equal(VmErrorCode.SecretsMissing, failure.Code);
    }

    [Fact]
    public async Task Logs_are_plain_text()
    {
        await machine.ApplyAsync(InMode("coloured"));
        await machine.HealthAsync(Bot);
        var logs = await machine.AskAsync<LogsRequest, LogsResult>(VmVerb.Logs, new LogsRequest(Bot, Tail: 10));
        Assert.Equal(["red <b>bold</b>", "bot is up"], logs.Lines.Select(line => line.Text));
        var later = new LogsRequest(Bot, Tail: 10, Since: DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Empty((await machine.AskAsync<LogsRequest, LogsResult>(VmVerb.Logs, later)).Lines);
    }

    [Fact]
    public async Task Facts_know_what_runs()
    {
        await machine.ApplyAsync(Request);
        var facts = await machine.AskAsync<FactsRequest, FactsResult>(VmVerb.Facts, new FactsRequest());
        Assert.True(facts.UserNamespaces);
        Assert.Equal(Machine.MemoryMb, facts.MemoryMb);
        Assert.Equal(
            new DeploymentFacts(Bot, Request.Image, true, 64, 0.5, 32, Request.Route!.Host),
            Assert.Single(facts.Deployments, deployment => deployment.Deployment == Bot));
    }

    [Fact]
    public async Task Two_at_once_wait_for_each_other()
    {
        var other = Desired.State("dep_01OTHER", machine.Image);
        var results = await Task.WhenAll(machine.ApplyAsync(Request), machine.ApplyAsync(Request), machine.ApplyAsync(other));
        Assert.Equal(results[0].Result.Container, results[1].Result.Container);
        Assert.NotEqual(results[0].Result.Address, results[2].Result.Address);
        await machine.RemoveAsync(other.Deployment);
    }

    private ApplyRequest InMode(string mode) =>
        Request with { Runtime = Request.Runtime with { Environment = new Dictionary<string, string> { ["BOT_MODE"] = mode } } };

    private static bool IsOfTheVm(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        certificate?.Issuer.Contains("Caddy Local Authority", StringComparison.Ordinal) == true;

    private Task<ExecTestResult> AskBotAsync(string text) =>
        machine.AskAsync<ExecTestRequest, ExecTestResult>(VmVerb.ExecTest, new ExecTestRequest(Bot, text, 10));

    private async Task<VmFailedException> FailureAsync(ApplyRequest request) =>
        await Assert.ThrowsAsync<VmFailedException>(() => machine.ApplyAsync(request));

    private async Task<string> GetAsync(string host)
    {
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(machine.Endpoint.Address, 443);
        await using var tls = new SslStream(socket.GetStream(), leaveInnerStreamOpen: false, IsOfTheVm);
        await tls.AuthenticateAsClientAsync(host);
        await tls.WriteAsync(Encoding.ASCII.GetBytes($"GET /readyz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(tls);
        return await reader.ReadToEndAsync();
    }
}
