using Launchpad.Host.Sample;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);
App.Compose(builder);
builder.Build().Run();
