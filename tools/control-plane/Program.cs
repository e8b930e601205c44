using System.Globalization;
using System.Security.Cryptography;
using Azure;
using Azure.Core;
using Azure.Identity;
using Launchpad.ControlPlane;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Records;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Snapshots;
using Launchpad.Shared.Staff;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Vms;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

const string Usage = """
    Launchpad.ControlPlane VERB, with the settings of the control plane in the environment
      take                  backs up the tables and the names in the vault, at once
      list                  the backups there are, newest first
      restore [NAME]        writes the newest, or that one, into empty tables, and says what is missing
      losses [NAME]         says what is missing, once more
      machines              the machines there are, what is promised on them, and what becomes of them
      cordon VM             it gets no more bots; uncordon VM takes that back
      drain VM              its bots move to others, and it is deleted then; uncordon VM stops that
      operator add MAIL     lets somebody in to the staff's side, with a password that is printed once and good once, for three days
      operator reset MAIL   makes another password for who has lost his, or his authenticator; ends his sessions and his second factor
      operator list         those who may; operator remove MAIL ends that, and his sessions
      export DIR            copies the newest, and the archives of the bots, out of the store
      import DIR            copies what was exported into a store
      --identity FILE       opens what was closed for Snapshots__Recipient: a line of it begins with AGE-SECRET-KEY-
    """;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
try
{
    var asked = Asked.Parse(args);
    await using var services = Compose(new ConfigurationBuilder().AddEnvironmentVariables().Build());
    await new Verbs(services, asked).RunAsync(stop.Token);
    return 0;
}
catch (ArgumentException)
{
    Console.Error.WriteLine(Usage);
    return 2;
}
catch (OptionsValidationException wrong)
{
    Console.Error.WriteLine("control-plane: " + string.Join(" ", wrong.Failures));
    return 1;
}
catch (Exception failed) when (failed is InvalidDataException or InvalidOperationException or IOException or CryptographicException
    or RequestFailedException or AuthenticationFailedException or OperationCanceledException)
{
    Console.Error.WriteLine("control-plane: " + failed.Message);
    return 1;
}

static ServiceProvider Compose(IConfiguration configuration)
{
    var services = new ServiceCollection();
    services.AddLogging(log => log.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning));
    services.AddSingleton(TimeProvider.System);
    services.AddOptions<StorageOptions>().Bind(configuration.GetSection(StorageOptions.Section)).ValidateDataAnnotations();
    services.AddOptions<BackupOptions>().Bind(configuration.GetSection(BackupOptions.Section)).ValidateDataAnnotations();
    services.AddSecretVault(configuration);
    services.AddAzureVms(configuration);
    services.AddSingleton(provider =>
        provider.GetRequiredService<IOptions<StorageOptions>>().Value.Tables(provider.GetRequiredService<TokenCredential>()));
    services.AddSingleton(provider =>
        provider.GetRequiredService<IOptions<StorageOptions>>().Value.Blobs(provider.GetRequiredService<TokenCredential>()));
    services.AddSingleton<Tables>();
    services.AddSnapshots(configuration);
    services.AddOptions<PoolOptions>().Bind(configuration.GetSection(PoolOptions.Section)).ValidateDataAnnotations();
    services.AddSingleton<VmStore>();
    services.AddSingleton<OperatorStore>();
    services.AddSingleton<Passwords>();
    services.AddSingleton<RecordStore>();
    services.AddSingleton<Recorder>();
    services.AddSingleton(provider => new Copies(BackupStorage.Of(provider), provider.GetRequiredService<SnapshotBlobs>()));
    return services.BuildServiceProvider();
}
