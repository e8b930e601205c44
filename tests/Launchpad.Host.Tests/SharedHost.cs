namespace Launchpad.Host.Tests;

/// <summary>One host for all tests that leave nothing behind.</summary>
public sealed class SharedHost : IAsyncLifetime
{
    private readonly Storage _storage = new();

    internal SampleFolder Folder { get; private set; } = null!;

    internal HostProcess App { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await _storage.InitializeAsync();
        Folder = new(_storage, ("Host__FunctionKeys__default", "any function"), ("Functions__Keyed__Keys__mine", "only keyed"));
        App = await HostProcess.StartAsync(Folder);
    }

    public async Task DisposeAsync()
    {
        await App.DisposeAsync();
        Folder.Dispose();
        await _storage.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class SharedHostCollection : ICollectionFixture<SharedHost>
{
    public const string Name = "shared host";
}
