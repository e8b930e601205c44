using Azure.Data.Tables;
using Launchpad.Functions;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Records;
using Launchpad.Shared.Ssh;
using Launchpad.Shared.Storage;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.AddTelemetry();
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton(new TableServiceClient(builder.Configuration["AzureWebJobsStorage"]));
builder.Services.AddSingleton<Tables>().AddSingleton<RecordStore>().AddSingleton<OperationStore>()
    .AddSingleton<DeploymentStore>().AddSingleton<StepLog>();
builder.Services.Configure<VmOptions>(vms => vms.ProgramPath = typeof(Program).Assembly.Location).AddSingleton<VmProgram>();
builder.Services.AddHttpClient();
var app = builder.Build();
await app.Services.GetRequiredService<Tables>().CreateAllAsync(CancellationToken.None);
app.Run();
