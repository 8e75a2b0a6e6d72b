using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AiFunctions;

/// <summary>Clients' certificates.</summary>
/// <inheritdoc cref="BlockFunctions" path="/remarks"/>
public static class CertificateFunctions
{
    /// <summary>Trusts a client by a certificate.</summary>
    [Function("AddCertificate")]
    public static Task<IResult> AddAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", "options", Route = "manage/clients/{id}/certificates")] HttpRequest request) =>
        request.RunOperationAsync();

    /// <summary>Lists a client's certificates.</summary>
    [Function("ListCertificates")]
    public static Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "manage/clients/{id}/certificates")] HttpRequest request) =>
        request.RunOperationAsync();

    /// <summary>Trusts a certificate no longer.</summary>
    [Function("RemoveCertificate")]
    public static Task<IResult> RemoveAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", "options", Route = "manage/clients/{id}/certificates/{certificateId}")] HttpRequest request) =>
        request.RunOperationAsync();
}
