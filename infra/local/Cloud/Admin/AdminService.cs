using Launchpad.Local.Faults;
using Launchpad.Local.Mail;
using Launchpad.Local.Stacks;

namespace Launchpad.Local.Admin;

/// <summary>The pocket cloud's own controls: what runs, the fault plan, the mail that was sent.</summary>
public sealed class AdminService(CloudContext cloud, MailService mail) : CloudService
{
    public override string Name => "admin";

    public override int Port(Ports ports) => ports.Admin;

    public override bool CanFail => false;

    public override void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health", () => Results.Json(new { status = "ok" }));
        routes.MapGet("/status", () => Results.Json(StackRecord.Read(cloud.Home)));
        routes.MapFaults(cloud.Faults);
        mail.MapMailbox(routes);
    }
}
