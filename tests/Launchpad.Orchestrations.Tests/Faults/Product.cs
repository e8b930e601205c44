using System.Reflection;
using System.Text.Json;
using Launchpad.Functions;
using Launchpad.Functions.Access;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>An activity of the product, found as the Functions worker finds it.</summary>
internal sealed record Activity(string Name, MethodInfo Method)
{
    public static IReadOnlyDictionary<string, Activity> All { get; } = typeof(Provision).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static))
        .Where(method => method.GetParameters().Any(one => one.GetCustomAttribute<ActivityTriggerAttribute>() is not null))
        .Select(method => new Activity(method.GetCustomAttribute<FunctionAttribute>()!.Name, method))
        .ToDictionary(activity => activity.Name);

    /// <summary>True when it is a look at a job on a machine.</summary>
    public bool TakesLook => Method.GetParameters()
        .Any(one => one.ParameterType.IsGenericType && one.ParameterType.GetGenericTypeDefinition() == typeof(Look<>));

    /// <summary>Once, with what its class asks for.</summary>
    public async Task<object?> RunAsync(IServiceProvider services, DurableTaskClient client, JsonElement input)
    {
        var arguments = Method.GetParameters().Select(one =>
            one.ParameterType == typeof(CancellationToken) ? CancellationToken.None
            : one.ParameterType == typeof(DurableTaskClient) ? client
            : Sagas.Converter.Deserialize(input.GetRawText(), one.ParameterType)).ToArray();
        var subject = Method.IsStatic ? null : ActivatorUtilities.CreateInstance(services, Method.DeclaringType!);
        var task = (Task)Method.Invoke(subject, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
        await task;
        return task.GetType().GetProperty("Result")?.GetValue(task);
    }
}

/// <summary>The product's sagas and activities on the embedded engine, in a world. Its timers are always due, and each activity takes a few
/// seconds of the product's own clock, so what takes an hour takes a second; nothing of the product knows.</summary>
internal sealed class Product : IAsyncDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly World world;
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("product-");
    private readonly SemaphoreSlim turn = new(1);
    private ServiceProvider process;
    private Engine? engine;

    private Product(World world) => (this.world, process) = (world, world.Process());

    public DurableTaskClient Client => engine!.Client;

    /// <summary>Holds an activity up, and no other.</summary>
    public Func<string, Task> Gate { get; set; } = _ => Task.CompletedTask;

    /// <summary>Is given every activity before it runs.</summary>
    public Func<string, JsonElement, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    public static async Task<Product> StartAsync(World world)
    {
        var product = new Product(world);
        product.engine = await Engine.StartHastyAsync(product.directory.FullName, product.Register);
        return product;
    }

    public async ValueTask DisposeAsync()
    {
        await engine!.DisposeAsync();
        await process.DisposeAsync();
        turn.Dispose();
        directory.Delete(recursive: true);
    }

    public T Get<T>()
        where T : notnull => process.GetRequiredService<T>();

    public T Make<T>() => ActivatorUtilities.CreateInstance<T>(process);

    /// <summary>As after a crash: nothing is remembered.</summary>
    public async Task ForgetAsync()
    {
        await process.DisposeAsync();
        process = world.Process();
    }

    /// <summary>Begins an operation. Its saga waits until <paramref name="then"/> has run.</summary>
    /// <param name="by">Who asks; its owner unless another is named.</param>
    public async Task<string> BeginAsync(OperationKind kind, string? typed = null, Action? then = null, string by = Bots.Account)
    {
        await turn.WaitAsync();
        try
        {
            var begun = await Get<OperationStarter>().BeginAsync(Client, await DeploymentAsync(), kind, new Unbound(by), typed, default);
            then?.Invoke();
            return begun.Id;
        }
        finally
        {
            turn.Release();
        }
    }

    public async Task<OrchestrationMetadata> EndAsync(string instance)
    {
        using var patience = new CancellationTokenSource(Patience);
        return await Client.WaitForInstanceCompletionAsync(instance, getInputsAndOutputs: true, patience.Token);
    }

    /// <summary>What the clock does for a product that was left alone: until nobody works on anything.</summary>
    public async Task SettleAsync()
    {
        for (var minute = 0; minute < 10; minute++)
        {
            world.Clock.Advance(TimeSpan.FromMinutes(1));
            var schedules = Make<Schedules>();
            await schedules.SweepOperations(new TimerInfo(), Client, default);
            await schedules.SweepMachines(new TimerInfo(), Client, default);
            await Make<Upkeep>().ReconcileIndexes(new TimerInfo(), default);
            var going = await Client.GetAllInstancesAsync(new() { Statuses = Starting.Going }).Select(one => one.InstanceId).ToListAsync();
            await Task.WhenAll(going.Select(EndAsync));
            if (await DeploymentAsync() is { Operation: null, Ending: null } && going.Count == 0)
            {
                return;
            }
        }
    }

    /// <summary>One activity, without a saga.</summary>
    public Task<object?> RunAsync(string activity, JsonElement input) => Activity.All[activity].RunAsync(process, Client, input);

    public Task<Deployment> DeploymentAsync() => Get<DeploymentStore>().GetAsync(Bots.Account, Bots.Deployment, default);

    private void Register(DurableTaskRegistry tasks)
    {
        foreach (var (name, saga) in Sagas.All)
        {
            tasks.AddOrchestrator(name, saga);
        }

        foreach (var activity in Activity.All.Values)
        {
            tasks.AddActivityFunc<JsonElement, object?>(activity.Name, (_, input) => RunAsync(activity, input));
        }
    }

    /// <summary>One at a time: what is seen before an activity is so when it begins.</summary>
    private async Task<object?> RunAsync(Activity activity, JsonElement input)
    {
        await Gate(activity.Name);
        await turn.WaitAsync();
        try
        {
            await Before(activity.Name, input);
            world.Clock.Advance(Pace);
            return await activity.RunAsync(process, Client, input);
        }
        finally
        {
            turn.Release();
        }
    }
}
