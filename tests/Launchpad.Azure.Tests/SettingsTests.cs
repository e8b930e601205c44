using System.Security.Cryptography;
using Launchpad.Shared.Images;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Launchpad.Azure.Tests;

[Collection(Deployed.Name)]
public sealed class SettingsTests(Deployment deployment)
{
    /// <summary>Of the platform, the host and its extensions; the product does not read them.</summary>
    private static readonly HashSet<string> Platform =
    [
        "FUNCTIONS_EXTENSION_VERSION", "FUNCTIONS_WORKER_RUNTIME", "WEBSITE_RUN_FROM_PACKAGE",
        "AzureWebJobsStorage__accountName", "AzureWebJobsStorage__credential", "AzureWebJobsStorage__clientId",
        "AzureFunctionsJobHost__extensions__durableTask__storageProvider__type",
        "APPLICATIONINSIGHTS_CONNECTION_STRING", "APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "OTEL_EXPORTER_OTLP_ENDPOINT",
    ];

    /// <summary>What an operator on Azure leaves as the product has it.</summary>
    private static readonly HashSet<string> LeftToTheProduct =
    [
        // Other endpoints than Azure's and Stripe's own.
        "Azure__ArmEndpoint", "Azure__ArmAudience", "Stripe__ApiBase", "KeyVault__DisableChallengeResourceVerification", "Images__Scheme", "Models__CatalogUrl",
        "Routing__PublicPort", "Routing__Issuer", "Health__PublicVia", "Vms__SshPort",

        // The product's own name.
        "Mail__FromName",

        // Customers call nothing that is not public.
        "Webhooks__AllowedNetworks",

        // The web app is at the root of its site.
        "Site__AppUrl",

        // Nobody of the staff is let off a second factor.
        "Staff__RequireSecondFactor",

        // What infra/tenant puts on a machine.
        "Vms__User",

        // The account has no key.
        "Storage__ConnectionString",

        // How long to wait.
        "Azure__Timeout", "Images__Timeout", "KeyVault__Timeout", "Mail__Timeout", "Storage__Timeout", "Stripe__Timeout",
        "Vms__ConnectTimeout", "Vms__KeepAlive", "Vms__KeepConnection", "Vms__KeepKey", "Vms__ShortTimeout",
        "Billing__FirstLook", "Billing__Interval", "Dunning__ReminderEvery", "Dunning__SuspendDisputed",
        "Abuse__SignUps", "Abuse__Checkouts", "Abuse__Calls", "Abuse__DisposableCheckouts", "Abuse__Refusals", "Abuse__RefusedCards", "Abuse__RefusedSignIns", "Abuse__AccountsOfCard", "Abuse__TrialsOfCard",
        "Backups__AddressLifetime", "Backups__AtOnceMax", "Backups__HeldSecondsMax", "Backups__StoppedSecondsMax",
        "Backups__KeptOnMachine", "Backups__Retention", "Backups__UndoWindow", "Backups__LateAfter", "Backups__DrillEvery",
        "Snapshots__Recipient", "Snapshots__Retention", "Snapshots__LateAfter",
        "Rollouts__HealthWindow", "Rollouts__CanaryMessage", "Rollouts__Rehearsals", "Retention__DeletedBots", "Retention__Logs", "Retention__Operations", "Retention__ClosedAccounts", "Retention__Histories", "Retention__SweepMax",
    ];

    private static readonly IReadOnlySet<string> Options = ProductSettings.Read();

    private IReadOnlyDictionary<string, string> Settings => deployment.Resources.Settings;

    [Fact]
    public void Every_option_of_the_product_has_a_setting_or_is_left_to_it_on_purpose() =>
        Assert.Empty(Options.Except(Settings.Keys).Except(LeftToTheProduct));

    [Fact]
    public void Every_setting_is_an_option_of_the_product_or_of_the_platform() => Assert.Empty(Settings.Keys.Except(Options).Except(Platform));

    [Fact]
    public void What_is_left_to_the_product_is_an_option_without_a_setting()
    {
        Assert.Empty(LeftToTheProduct.Except(Options));
        Assert.Empty(LeftToTheProduct.Intersect(Settings.Keys));
    }

    [Fact]
    public void What_the_platform_reads_is_set() => Assert.Empty(Platform.Except(Settings.Keys));

    [Fact]
    public void The_product_accepts_its_settings() => Assert.Empty(ProductSettings.Complaints(Settings));

    /// <summary>By name, so that it is seen when one is added that the product can no longer do without.</summary>
    [Theory]
    [InlineData("Azure__DnsZone")]
    [InlineData("Azure__ImageId")]
    [InlineData("Azure__SubscriptionId")]
    [InlineData("Backups__StoreUri")]
    [InlineData("Images__PublicKeyPem")]
    [InlineData("Images__Registry")]
    [InlineData("Images__Repository")]
    [InlineData("Images__Tag")]
    [InlineData("KeyVault__Uri")]
    [InlineData("Mail__From")]
    [InlineData("Mail__Server")]
    [InlineData("Routing__Domain")]
    [InlineData("Storage__BlobServiceUri")]
    [InlineData("Storage__TableServiceUri")]
    [InlineData("Vms__ProgramPath")]
    public void The_product_does_not_start_without(string setting) =>
        Assert.NotEmpty(ProductSettings.Complaints(Settings.Where(one => one.Key != setting).ToDictionary()));

    /// <summary>Both ways of finding the options agree: the sections that are declared, and what was seen to be read.</summary>
    [Fact]
    public void Every_section_that_is_declared_is_read() =>
        Assert.Equal(ProductSettings.Sections.Order(), Options.Select(option => option.Split("__")[0]).Distinct().Order());

    [Fact]
    public void Nothing_of_the_product_takes_the_configuration_itself() => Assert.Empty(ProductSettings.TakersOfConfiguration);

    [Fact]
    public void Images_are_verified_with_the_key_of_the_parameter_file()
    {
        using var services = ProductSettings.Compose(ProductSettings.Configuration(Settings));
        var options = services.GetRequiredService<IOptions<ImageOptions>>().Value;
        var pem = File.ReadAllText(Path.Combine(deployment.Bicep.Folder, "image.pub"));
        Assert.Equal(Key(pem), Key(options.PublicKeyPem));
        Assert.DoesNotContain('\n', options.PublicKeyPem);
        Assert.NotNull(services.GetRequiredService<ImageVerifier>());
    }

    private static byte[] Key(string pem)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(pem);
        return key.ExportSubjectPublicKeyInfo();
    }
}
