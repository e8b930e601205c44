using System.Net;
using Azure.Core;
using Launchpad.Functions.Abuse;
using Launchpad.Functions.Access;
using Launchpad.Functions.Auth;
using Launchpad.Functions.Mail;
using Launchpad.Functions.Middleware;
using Launchpad.Functions.Notifications;
using Launchpad.Functions.Staff;
using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Abuse;
using Launchpad.Shared.Access;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Bundles;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Images;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Records;
using Launchpad.Shared.Reconciliation;
using Launchpad.Shared.Requests;
using Launchpad.Shared.Retention;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Snapshots;
using Launchpad.Shared.Ssh;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Vms;
using Launchpad.Shared.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions;

/// <summary>Every object of the product and the section of the settings it reads. A wrong setting stops the start and says which.</summary>
public static class Composition
{
    public static void AddLaunchpad(this FunctionsApplicationBuilder builder)
    {
        builder.ConfigureFunctionsWebApplication();
        builder.UseMiddleware<SecurityHeadersMiddleware>();
        builder.UseMiddleware<RouteMiddleware>();
        builder.UseMiddleware<ProblemMiddleware>();
        builder.UseMiddleware<QueryMiddleware>();
        builder.UseMiddleware<StepUpMiddleware>();
        builder.UseMiddleware<IdempotencyMiddleware>();
        builder.UseMiddleware<AuditMiddleware>();
        builder.UseMiddleware<ConditionalMiddleware>();
        builder.UseMiddleware<ActivityInputMiddleware>();
        builder.Services.Configure<WorkerOptions>(worker => worker.InputConverters.RegisterAt<WithoutCaller>(0));
        builder.Services.AddLaunchpad(builder.Configuration);
        builder.AddTelemetry();
    }

    public static IServiceCollection AddLaunchpad(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSettings<SiteOptions>(configuration, SiteOptions.Section);
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<SiteOptions>>(TrustProxies);
        services.AddSettings<QuotaOptions>(configuration, QuotaOptions.Section);
        services.AddSettings<PoolOptions>(configuration, PoolOptions.Section);
        services.AddSettings<RoutingOptions>(configuration, RoutingOptions.Section);
        services.AddSettings<ModelOptions>(configuration, ModelOptions.Section);
        services.AddSettings<RolloutOptions>(configuration, RolloutOptions.Section);
        services.AddSettings<OperatorOptions>(configuration, OperatorOptions.Section);
        services.AddSettings<HealthOptions>(configuration, HealthOptions.Section);
        services.AddSettings<BillingOptions>(configuration, BillingOptions.Section);
        services.AddSettings<DunningOptions>(configuration, DunningOptions.Section);
        services.AddSettings<AbuseOptions>(configuration, AbuseOptions.Section);
        services.AddSettings<RetentionOptions>(configuration, RetentionOptions.Section);
        services.AddSettings<MailOptions>(configuration, MailOptions.Section);
        services.AddSettings<WebhookOptions>(configuration, WebhookOptions.Section);
        services.AddSettings<StaffOptions>(configuration, StaffOptions.Section);
        services.AddStorage(configuration);
        services.AddGateways(configuration);
        services.AddDomain();
        services.AddAbuse();
        services.AddBilling();
        services.AddHealth();
        services.AddSla();
        services.AddBackups(configuration);
        services.AddSnapshots(configuration);
        services.AddStaff();
        services.AddMail();
        services.AddNotifications();
        services.AddAuth();
        services.AddSingleton<SnapshotAlarm>();
        services.AddSingleton<SnapshotWatch>();
        return services;
    }

    private static void AddSettings<T>(this IServiceCollection services, IConfiguration configuration, string section)
        where T : class =>
        services.AddOptions<T>().Bind(configuration.GetSection(section)).ValidateDataAnnotations().ValidateOnStart();

    private static T Options<T>(IServiceProvider provider)
        where T : class =>
        provider.GetRequiredService<IOptions<T>>().Value;

    /// <summary>The host, which is on this machine, is believed already: it says who called it. A trusted caller says in turn who called
    /// him, and so on until there is one who is not trusted.</summary>
    private static void TrustProxies(ForwardedHeadersOptions forwarded, IOptions<SiteOptions> site)
    {
        foreach (var network in site.Value.Networks)
        {
            forwarded.KnownIPNetworks.Add(IPNetwork.Parse(network));
            forwarded.ForwardLimit = null;
        }
    }

    private static void AddStorage(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<StorageOptions>(configuration, StorageOptions.Section);
        services.AddSingleton(provider => Options<StorageOptions>(provider).Tables(provider.GetRequiredService<TokenCredential>()));
        services.AddSingleton(provider => Options<StorageOptions>(provider).Blobs(provider.GetRequiredService<TokenCredential>()));
        services.AddSingleton<Tables>();
        services.AddSingleton<Rounds>();
        services.AddHostedService<Readiness>();
    }

    private static void AddGateways(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSecretVault(configuration);
        services.AddAzureVms(configuration);
        services.AddSettings<VmOptions>(configuration, VmOptions.Section);
        services.AddSingleton<VmProgram>();
        services.AddSingleton<VmAccess>();
        services.AddSingleton<VmJobs>();
        services.AddSingleton<CapacityForecast>();
        services.AddSingleton<PlanRoom>();
        services.AddSingleton<CloudMachines>();
        services.AddSingleton<MachineMaker>();
        services.AddSingleton<MachineEnd>();
        services.AddSingleton<MachineJobs>();
        services.AddSingleton<CandidatePlace>();
        services.AddSingleton<BootWatch>();
        services.AddSingleton<BotRemoval>();
        services.AddSingleton<LastWords>();
        services.AddSingleton<BotLogCollection>();
        services.AddSettings<ImageOptions>(configuration, ImageOptions.Section);
        services.AddSingleton<RegistryClient>();
        services.AddSingleton<ImageVerifier>();
        services.AddSingleton<ReleaseCatalog>();
        services.AddSingleton<ModelCatalog>();
        services.AddSingleton<Provenance>();
        services.AddSingleton<ConfigSchemas>();
        services.AddSingleton<BotReleases>();
        services.AddSettings<StripeOptions>(configuration, StripeOptions.Section);
        services.AddSingleton<StripeConnection>();
        services.AddSingleton<StripePrices>();
        services.AddSingleton<StripeGateway>();
        services.AddSingleton<StripeCheckout>();
        services.AddSingleton<StripeInvoices>();
        services.AddSingleton<StripeDisputes>();
        services.AddSingleton<StripeCards>();
        services.AddSingleton<StripeRefunds>();
        services.AddSingleton<StripeCredits>();
        services.AddSingleton<StripeWebhooks>();
    }

    private static void AddDomain(this IServiceCollection services)
    {
        services.AddSingleton(provider => new Lazy<Seal>(provider.GetRequiredService<Seal>));
        services.AddSingleton<RequestKeys>();
        services.AddSingleton<IExpiring>(provider => provider.GetRequiredService<RequestKeys>());
        services.AddSingleton<MemberStore>();
        services.AddSingleton<ApiTokenStore>();
        services.AddSingleton<IExpiring>(provider => provider.GetRequiredService<MemberStore>());
        services.AddSingleton<IExpiring>(provider => provider.GetRequiredService<ApiTokenStore>());
        services.AddSingleton<SessionOwners>();
        services.AddSingleton<CallLimits>();
        services.AddSingleton<CallerFinder>();
        services.AddSingleton<Ownership>();
        services.AddSingleton<DeploymentViews>();
        services.AddSingleton<ReleaseInfo>();
        services.AddSingleton<Quota>();
        services.AddSingleton<NewOrders>();
        services.AddSingleton<SecretStaging>();
        services.AddSingleton<ConfigPatches>();
        services.AddSingleton<SeenChanges>();
        services.AddSingleton<UndoWindows>();
        services.AddSingleton<Assistants.AssistantReads>();
        services.AddSingleton<Assistants.AssistantChanges>();
        services.AddTransient<Deployments>();
        services.AddTransient<Lifecycle>();
        services.AddTransient<Backups>();
        services.AddTransient<Restores>();
        services.AddTransient<ConfigChanges>();
        services.AddSingleton<EventStreams>();
        services.AddSingleton<RecordStore>();
        services.AddSingleton<Recorder>();
        services.AddSingleton<RecordPages>();
        services.AddSingleton<RecordSearch>();
        services.AddSingleton<ChangedChains>();
        services.AddSingleton<SignedHeadsStore>();
        services.AddSingleton<HeadSigner>();
        services.AddSingleton<HeadAlarm>();
        services.AddSingleton<HeadRounds>();
        services.AddSingleton<DeploymentStore>();
        services.AddSingleton<ConfigVersionStore>();
        services.AddSingleton<Bots>();
        services.AddSingleton<BotLogs>();
        services.AddSingleton<IExpiring>(provider => provider.GetRequiredService<BotLogs>());
        services.AddSingleton<LogCollector>();
        services.AddSingleton<BotSecrets>();
        services.AddSingleton<OperationStore>();
        services.AddSingleton<IExpiring, OperationWords>();
        services.AddSingleton<OperationRows>();
        services.AddSingleton<OperationOutcomes>();
        services.AddSingleton<VersionOutcomes>();
        services.AddSingleton<Outcomes>();
        services.AddSingleton<Endings>();
        services.AddSingleton<Closing>();
        services.AddSingleton<Taking>();
        services.AddSingleton<OperationStarter>();
        services.AddSingleton<Resumption>();
        services.AddSingleton<Reruns>();
        services.AddSingleton<Caretaker>();
        services.AddSingleton<DrainMoves>();
        services.AddSingleton<BusySweep>();
        services.AddSingleton<Places>();
        services.AddSingleton<ReconcilerFindings>();
        services.AddSingleton<DeploymentHealing>();
        services.AddSingleton<DeploymentReconciler>();
        services.AddSingleton<Orphans>();
        services.AddSingleton<MachineReconciler>();
        services.AddSingleton<BotRemains>();
        services.AddSingleton<Certificates>();
        services.AddSingleton<RetentionSweep>();
        services.AddSingleton<FailedSagas>();
        services.AddSingleton<Drafts>();
        services.AddSingleton<Previews>();
        services.AddSingleton<StepLog>();
        services.AddSingleton<VmStore>();
    }

    private static void AddHealth(this IServiceCollection services)
    {
        services.AddSingleton<HeartbeatStore>();
        services.AddSingleton<HeartbeatIntake>();
        services.AddSingleton<UsageStore>();
        services.AddSingleton<MachineQuestions>();
        services.AddSingleton<ConditionStore>();
        services.AddSingleton<DriftStore>();
        services.AddSingleton<DriftLog>();
        services.AddSingleton<PlacedBots>();
        services.AddSingleton<PublicProbe>();
        services.AddSingleton<MachineProbe>();
        services.AddSingleton<MachineWatch>();
        services.AddSingleton<BotWatch>();
        services.AddSingleton<Pager>();
        services.AddSingleton<MachineLook>();
        services.AddSingleton<MachineSweep>();
        services.AddSingleton<ConditionSweep>();
        services.AddSingleton<Sweep>();
        services.AddSingleton<Lookout>();
        services.AddSingleton<Aftermath>();
        services.AddSingleton<CareClock>();
        services.AddSingleton<WayBack>();
        services.AddSingleton<OwedData>();
        services.AddSingleton<Recoveries>();
    }

    private static void AddBackups(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<BackupOptions>(configuration, BackupOptions.Section);
        services.AddSingleton<BackupStore>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<BackupBlobs>(provider, BackupStorage.Of(provider)));
        services.AddSingleton<BackupKeeper>();
        services.AddSingleton<BackupClocks>();
        services.AddSingleton<NextBackups>();
        services.AddSingleton<BackupPruning>();
        services.AddSingleton<BackupRemains>();
        services.AddSingleton<DueClocks>();
        services.AddSingleton<BackupRecords>();
        services.AddSingleton<Returned>();
        services.AddSingleton<BackupTurns>();
        services.AddSingleton<BackupBegins>();
        services.AddSingleton<BackupWatch>();
        services.AddSingleton<RestorePlans>();
        services.AddSingleton<Origins>();
        services.AddSingleton<SignedDocuments>();
        services.AddSingleton<DrillCertificates>();
        services.AddSingleton<DrillRecords>();
        services.AddSingleton<DrillVerdicts>();
        services.AddSingleton<BundledBots>();
        services.AddSingleton<Receipts>();
        services.AddSingleton<BundleMaker>();
    }
}
