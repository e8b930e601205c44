using System.Text;
using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions.Tests.Health;

/// <summary>What an owner asks for of a bot whose change comes to its end just then: after the deployment was found, and before the
/// operation has it.</summary>
[Collection(OnOnePlane.Name)]
public sealed class MeanwhileTests(Plane plane)
{
    private const string Seen = "\"v2\"";

    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory]
    [InlineData("delete", OperationKind.Terminate)]
    [InlineData("restart", OperationKind.Restart)]
    [InlineData("suspend", OperationKind.Suspend)]
    [InlineData("test-message", OperationKind.TestMessage, """{"text":"Hello"}""")]
    [InlineData("browsers", OperationKind.PairBrowser, """{"request":"0f9b1c2d-3e4f-4a5b-8c6d-7e8f9a0b1c2d"}""")]
    public async Task What_is_meant_for_the_bot_is_begun_whichever_version_runs_by_then(
        string asked, OperationKind kind, string? body = null)
    {
        var (bot, request) = await AskingAsync(body);
        var engine = new Engine();

        var answer = await AskAsync(asked, request, bot.Id, engine);

        Assert.True(plane.Interlude.IsOver);
        Assert.Equal(StatusCodes.Status202Accepted, Assert.IsType<AcceptedResult>(answer).StatusCode);
        var now = await plane.ReadAsync(bot);
        Assert.Equal((3, kind, engine.Started), (now.ActiveVersion, now.Operation?.Kind, now.Operation?.Id));
    }

    [Theory]
    [InlineData("config", """{"model":"other"}""")]
    [InlineData("upgrade", """{"tag":"1.0.1"}""")]
    [InlineData("rollback", """{"version":1}""")]
    [InlineData("config", """{"model":"other"}""", "?preview=true")]
    [InlineData("upgrade", """{"tag":"1.0.1"}""", "?preview=true")]
    [InlineData("rollback", """{"version":1}""", "?preview=true")]
    public async Task What_is_meant_for_the_version_that_was_seen_is_refused_when_another_one_runs_by_then(
        string asked, string body, string query = "")
    {
        var (bot, request) = await AskingAsync(body);
        request.Headers.IfMatch = Seen;
        request.QueryString = new(query);
        var engine = new Engine();

        var refused = await Assert.ThrowsAsync<ProblemException>(() => AskAsync(asked, request, bot.Id, engine));

        Assert.True(plane.Interlude.IsOver);
        Assert.Equal((412, "urn:launchpad:problem:moved"), (refused.Status, refused.Type));
        var now = await plane.ReadAsync(bot);
        Assert.Equal((3, null, null), (now.ActiveVersion, now.Operation, engine.Started));
    }

    /// <summary>A bot whose change to its third version is one write from its end, and a request of its owner.</summary>
    private async Task<(Deployment Bot, HttpRequest Request)> AskingAsync(string? body)
    {
        var email = $"{Guid.NewGuid():N}@example.com";
        var account = (await plane.Get<AccountStore>().CreateAsync(email, email, "", "127.0.0.1", Ct))!;
        var bot = await plane.BotAsync((await plane.MachineAsync()).Id, account.Id);
        var versions = plane.Get<ConfigVersionStore>();
        var state = (await versions.GetAsync(bot.Id, 1, Ct)).State;
        await versions.MarkAsync(bot.Id, 1, ConfigVersionStatus.Superseded, Ct);
        await versions.TryAddAsync(new(bot.Id, 2, state, ConfigVersionStatus.Active, plane.Clock.Now, "me", "test"), Ct);
        await versions.TryAddAsync(new(bot.Id, 3, state, ConfigVersionStatus.Pending, plane.Clock.Now, "me", "test"), Ct);
        var id = Shared.Ids.New(Shared.Ids.Operation, TimeProvider.System);
        await plane.Get<OperationStore>().AddAsync(
            new(id, account.Id, bot.Id, OperationKind.Update, OperationStatus.Running, account.Id, plane.Clock.Now,
                plane.Clock.Now.AddMinutes(10), new ChangeRequest(bot.Settings, null, null, DataChoice.AsNow, "test").ToJson()),
            Ct);
        var changing = await plane.Get<DeploymentStore>().ChangeAsync(
            account.Id, bot.Id,
            now => now.To(DeploymentStatus.Updating) with
            {
                ActiveVersion = 2,
                LastKnownGood = 2,
                PreviousGood = 1,
                Operation = new(id, OperationKind.Update, plane.Clock.Now, account.Id),
            },
            Ct);
        plane.Interlude.BeforeTheSecondRead(
            bot.Id, () => plane.Get<Endings>().SucceedAsync(new(id, account.Id, bot.Id), DeploymentStatus.Running, 3, Ct));
        var (token, _) = await plane.Get<SessionStore>().OpenAsync(account.Id, "a test", Ct);
        var request = new DefaultHttpContext().Request;
        request.Headers.Authorization = $"Bearer {token}";
        request.ContentType = "application/json";
        request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body ?? ""));
        return (changing, request);
    }

    private Task<IActionResult> AskAsync(string asked, HttpRequest request, string id, Engine engine) => asked switch
    {
        "delete" => plane.Make<Lifecycle>().Delete(As(request, "DeleteDeployment"), id, engine, Ct),
        "restart" => plane.Make<Lifecycle>().Restart(As(request, "RestartDeployment"), id, engine, Ct),
        "suspend" => plane.Make<Lifecycle>().Suspend(As(request, "SuspendDeployment"), id, engine, Ct),
        "test-message" => plane.Make<Lifecycle>().Test(As(request, "TestDeployment"), id, engine, Ct),
        "browsers" => plane.Make<Lifecycle>().Pair(As(request, "PairDeploymentBrowser"), id, engine, Ct),
        "config" => plane.Make<ConfigChanges>().Update(As(request, "UpdateConfig"), id, engine, Ct),
        "upgrade" => plane.Make<Upgrades>().Upgrade(As(request, "UpgradeDeployment"), id, engine, Ct),
        "rollback" => plane.Make<Upgrades>().RollBack(As(request, "RollBackDeployment"), id, engine, Ct),
        _ => throw new ArgumentOutOfRangeException(nameof(asked)),
    };

    /// <summary>What comes before a function says which one it is.</summary>
    private static HttpRequest As(HttpRequest request, string function)
    {
        request.HttpContext.Features.Set(Routes.ByFunction[function]);
        return request;
    }

    /// <summary>Takes what is to be started, and starts nothing.</summary>
    private sealed class Engine() : DurableTaskClient("none")
    {
        public string? Started { get; private set; }

        public override Task<string> ScheduleNewOrchestrationInstanceAsync(
            TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null,
            CancellationToken cancellation = default)
        {
            Started = options!.InstanceId!;
            return Task.FromResult(Started);
        }

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

        public override Task RaiseEventAsync(
            string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
            string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
            string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public override Task<OrchestrationMetadata?> GetInstancesAsync(
            string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null) =>
            throw new NotSupportedException();
    }
}
