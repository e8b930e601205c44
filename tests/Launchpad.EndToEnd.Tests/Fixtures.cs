namespace Launchpad.EndToEnd.Tests;

/// <summary>One stack for all tests of a collection, which leave it as they found it.</summary>
public abstract class StackFixture(int slot) : IAsyncLifetime
{
    public Stack Stack { get; } = new(slot, image: "tiny");

    public Task InitializeAsync() => Stack.UpAsync();

    public async Task DisposeAsync() => await Stack.DisposeAsync();
}

/// <summary>A test that counts what machines run: a bot that an earlier test failed over is not its own.</summary>
public abstract class OnSharedStackTests(StackFixture fixture) : IAsyncLifetime
{
    private protected readonly Stack stack = fixture.Stack;

    public async Task InitializeAsync()
    {
        await stack.SetFaultsAsync();
        await stack.OverlookBotsAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;
}

[CollectionDefinition(Name)]
public sealed class OnOneStack : ICollectionFixture<OnOneStack.Fixture>
{
    public const string Name = "one stack";

    public sealed class Fixture() : StackFixture(slot: 7);
}

/// <summary>Beside the others, because changes of version mostly wait.</summary>
[CollectionDefinition(Name)]
public sealed class OnRolloutStack : ICollectionFixture<OnRolloutStack.Fixture>
{
    public const string Name = "rollout stack";

    public sealed class Fixture() : StackFixture(slot: 9);
}
