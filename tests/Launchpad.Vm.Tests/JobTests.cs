using System.Text.Json;
using Launchpad.Shared.Ssh;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Tests;

/// <summary>Work that belongs to its name and not to the connection that began it.</summary>
[Collection(MachineCollection.Name)]
public sealed class JobTests(Machine machine) : IAsyncLifetime
{
    private const string Bot = "dep_01JOB";
    private const string Name = "op_01JOB-work";

    private ApplyRequest Request => Desired.State(Bot, machine.Image);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await machine.AskJobAsync(new(Name, JobAction.Cancel));
        await machine.AskJobAsync(new(Name, JobAction.Collect));
        await machine.RemoveAsync(Bot);
    }

    [Fact]
    public async Task A_job_goes_on_when_the_connection_that_began_it_is_gone()
    {
        await machine.ApplyAsync(Request);
        await machine.HealthAsync(Bot);
        using (var other = new VmProgram(Microsoft.Extensions.Options.Options.Create(machine.Options)))
        {
            var begun = await other.RunAsync<JobRequest, JobResult>(
                machine.Endpoint, machine.Client.PrivateKeyPem, VmVerb.Job,
                new(Name, JobAction.Start, Machine.CallOf(VmVerb.Health, Holding(6))), null, CancellationToken.None);
            Assert.False(begun.Ended);
        }

        Assert.False((await PollAsync()).Ended);
        var (ended, _) = await machine.UntilEndedAsync(Name);
        Assert.Null(ended.Error);
        Assert.True(ended.Value!.Value.Deserialize(VmJson.Default.HealthResult)!.Ready);
    }

    [Fact]
    public async Task Its_steps_are_told_to_whoever_looks_from_the_first_and_its_answer_is_that_of_the_verb()
    {
        var (ended, steps) = await machine.JobAsync(Name, VmVerb.Apply, Request);
        Assert.Equal(
            [VmSteps.Volume, VmSteps.Network, VmSteps.Firewall, VmSteps.Files, VmSteps.Secrets, VmSteps.Pull, VmSteps.Start, VmSteps.Route],
            steps.Where(step => step.State != VmStepState.Started).Select(step => step.Name).OrderBy(Order));
        var result = ended.Value!.Value.Deserialize(VmJson.Default.ApplyResult)!;
        Assert.True(result.Changed);
        Assert.Equal(result.Container, (await machine.ApplyAsync(Request)).Result.Container);

        // Volume and network do not wait for each other.
        static int Order(string step) => step is VmSteps.Volume ? 0 : step is VmSteps.Network ? 1 : 2;
    }

    [Fact]
    public async Task Whoever_looks_while_it_goes_on_hears_of_all_that_it_did_and_is_not_kept_longer_than_asked()
    {
        await machine.OnVmAsync(
            $"mkdir -p /run/launchpad/locks; setsid flock /run/launchpad/locks/vm sleep 4 >/dev/null 2>&1 </dev/null & sleep 0.3");
        var first = new List<VmStep>();
        var begun = await machine.AskJobAsync(
            new(Name, JobAction.Start, Machine.CallOf(VmVerb.Apply, Request), WaitSeconds: 1), first.Add);
        Assert.False(begun.Ended);
        var (ended, all) = await machine.UntilEndedAsync(Name);
        Assert.Null(ended.Error);
        Assert.Equal(first, all.Take(first.Count));
        Assert.Equal(VmSteps.Route, all[^1].Name);
    }

    [Fact]
    public async Task Programs_that_no_build_and_no_job_needs_any_more_go_when_a_job_is_begun()
    {
        var own = (await machine.OnVmAsync("ls /opt/launchpad")).Trim();
        string[] old = [.. "abc".Select(letter => new string(letter, 64))];
        for (var age = 0; age < old.Length; age++)
        {
            await machine.OnVmAsync(
                $"cp -r /opt/launchpad/{own} /opt/launchpad/{old[age]}; touch -d '{age + 1} days ago' /opt/launchpad/{old[age]}/launchpad-vm");
        }

        // It waits for a document that does not come.
        await machine.OnVmAsync($"(sleep 60 | /opt/launchpad/{old[2]}/launchpad-vm facts >/dev/null 2>&1) >/dev/null 2>&1 & sleep 0.3");
        await machine.JobAsync(Name, VmVerb.Facts, new FactsRequest());
        var left = (await machine.OnVmAsync("ls /opt/launchpad")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(new[] { old[0], old[2], own }.Order(StringComparer.Ordinal), left.Order(StringComparer.Ordinal));

        // Its own command line has no such name in it.
        await machine.OnVmAsync($"pkill -f '[c]{old[2][1..]}' || true");
        await machine.OnVmAsync($"rm -r /opt/launchpad/{old[0]} /opt/launchpad/{old[2]}");
    }

    [Fact]
    public async Task A_verb_that_fails_ends_its_job_with_its_reason()
    {
        var (ended, _) = await machine.JobAsync(Name, VmVerb.Volume, new VolumeRequest(Bot, VolumeAction.Keep, Of: 1));
        Assert.Null(ended.Value);
        Assert.Equal(VmErrorCode.NotFound, ended.Error!.Code);
    }

    [Fact]
    public async Task The_same_name_is_the_same_job()
    {
        await machine.ApplyAsync(Request);
        await machine.HealthAsync(Bot);
        await machine.StartJobAsync(Name, VmVerb.Health, Holding(4));
        await machine.StartJobAsync(Name, VmVerb.Health, Holding(4));
        Assert.Equal("1", await RunnersAsync());
        var failure = await Assert.ThrowsAsync<VmFailedException>(() => machine.StartJobAsync(Name, VmVerb.Apply, Request));
        Assert.Equal(VmErrorCode.InvalidRequest, failure.Code);
        failure = await Assert.ThrowsAsync<VmFailedException>(() => machine.AskJobAsync(new(Name, JobAction.Collect)));
        Assert.Equal((VmErrorCode.Busy, true), (failure.Code, failure.Retryable));

        while (!(await PollAsync(waitSeconds: 20)).Ended)
        {
        }

        var again = await machine.StartJobAsync(Name, VmVerb.Health, Holding(4));
        Assert.True(again.Ended);
        Assert.NotNull(again.Value);
        Assert.Equal("0", await RunnersAsync());
    }

    [Fact]
    public async Task A_cancelled_job_is_gone_and_says_so()
    {
        await machine.ApplyAsync(Request);
        await machine.HealthAsync(Bot);
        await machine.StartJobAsync(Name, VmVerb.Health, Holding(60));
        Assert.False((await PollAsync()).Ended);

        var cancelled = await machine.AskJobAsync(new(Name, JobAction.Cancel));

        Assert.Equal((true, VmErrorCode.Cancelled), (cancelled.Ended, cancelled.Error!.Code));
        Assert.Equal("0", await RunnersAsync());
        Assert.Equal(VmErrorCode.Cancelled, (await PollAsync()).Error!.Code);
    }

    [Fact]
    public async Task A_job_that_was_killed_is_lost_and_can_be_started_again()
    {
        await machine.ApplyAsync(Request);
        await machine.HealthAsync(Bot);
        await machine.StartJobAsync(Name, VmVerb.Health, Holding(60));
        await machine.OnVmAsync("kill -KILL $(pgrep -f 'launchpad-vm [r]un-job')");

        var lost = (await machine.UntilEndedAsync(Name)).Job.Error!;

        Assert.Equal((VmErrorCode.JobLost, true), (lost.Code, lost.Retryable));
        Assert.Null((await machine.JobAsync(Name, VmVerb.Health, Holding(1))).Job.Error);
    }

    [Fact]
    public async Task After_a_reboot_a_job_that_ran_is_lost()
    {
        await machine.ApplyAsync(Request);
        await machine.HealthAsync(Bot);
        await machine.StartJobAsync(Name, VmVerb.Health, Holding(60));
        await machine.RestartAsync();
        await machine.UntilUpAsync();

        var lost = (await PollAsync()).Error!;

        Assert.Equal((VmErrorCode.JobLost, true), (lost.Code, lost.Retryable));
    }

    [Fact]
    public async Task A_job_waits_for_its_deployment_and_its_secrets_are_nowhere_meanwhile()
    {
        await machine.OnVmAsync(
            $"mkdir -p /run/launchpad/locks; setsid flock /run/launchpad/locks/{Bot} sleep 5 >/dev/null 2>&1 </dev/null & sleep 0.3");
        var secret = $"canary-{Guid.NewGuid():n}";
        await machine.StartJobAsync(Name, VmVerb.Apply, Request with { Secrets = [new VmSecret("gateway-token", secret)] });
        await Task.Delay(500);

        var found = await machine.OnVmAsync(
            $"grep -rls {secret[..^1]}[{secret[^1]}] /run/launchpad /var/lib/launchpad /tmp /proc/[0-9]*/cmdline /proc/[0-9]*/environ || true");
        Assert.Equal("", found);
        Assert.False((await PollAsync()).Ended);
        Assert.Null((await machine.UntilEndedAsync(Name)).Job.Error);
        Assert.StartsWith(secret, await machine.InsideAsync(Bot, "cat /run/secrets/gateway-token"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_nobody_collects_is_bounded_in_number_and_in_age()
    {
        for (var number = 0; number < 34; number++)
        {
            await machine.StartJobAsync($"swept-{number}", VmVerb.Facts, new FactsRequest());
        }

        Assert.InRange(int.Parse(await machine.OnVmAsync("ls /run/launchpad/jobs | wc -l")), 1, 32);
        await machine.OnVmAsync(
            "for job in /run/launchpad/jobs/swept-*; do until grep -q result $job/journal; do sleep 0.1; done; touch -d '2 days ago' $job/journal; done");
        await machine.JobAsync(Name, VmVerb.Facts, new FactsRequest());
        Assert.Equal("", await machine.OnVmAsync("ls /run/launchpad/jobs"));
    }

    [Fact]
    public async Task Only_root_reads_what_a_job_wrote()
    {
        await machine.StartJobAsync(Name, VmVerb.Facts, new FactsRequest());
        await PollAsync(waitSeconds: 20);
        Assert.Equal("700 600", (await machine.OnVmAsync(
            $"cd /run/launchpad/jobs/{Name}; echo $(stat -c %a .) $(stat -c %a journal)")).Trim());
    }

    [Fact]
    public async Task What_is_not_of_the_protocol_is_refused_at_the_start()
    {
        var failure = await Assert.ThrowsAsync<VmFailedException>(
            () => machine.StartJobAsync(Name, VmVerb.Apply, Request with { Deployment = "dep_1; reboot" }));
        Assert.Equal((VmErrorCode.InvalidRequest, false), (failure.Code, failure.Retryable));
        Assert.Equal(VmErrorCode.JobLost, (await PollAsync()).Error!.Code);
    }

    private static HealthRequest Holding(int seconds) => new(Bot, WaitSeconds: 10, HoldSeconds: seconds);

    private Task<JobResult> PollAsync(int waitSeconds = 0) => machine.AskJobAsync(new(Name, JobAction.Poll, WaitSeconds: waitSeconds));

    private async Task<string> RunnersAsync() => (await machine.OnVmAsync("pgrep -fc 'launchpad-vm [r]un-job' || true")).Trim();
}
