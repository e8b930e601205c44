namespace Launchpad.Host.Tests;

/// <summary>One storage emulator for whoever runs at the same time.</summary>
public sealed class Storage : IAsyncLifetime
{
    private static readonly SemaphoreSlim Gate = new(1);
    private static Azurite? s_azurite;
    private static int s_users;

    public string ConnectionString { get; private set; } = "";

    public async Task InitializeAsync()
    {
        await Gate.WaitAsync();
        try
        {
            if (s_users == 0)
            {
                s_azurite = new();
                await s_azurite.InitializeAsync();
            }

            s_users++;
            ConnectionString = s_azurite!.ConnectionString;
        }
        finally
        {
            Gate.Release();
        }
    }

    public async Task DisposeAsync()
    {
        await Gate.WaitAsync();
        try
        {
            if (--s_users == 0)
            {
                await s_azurite!.DisposeAsync();
            }
        }
        finally
        {
            Gate.Release();
        }
    }
}
