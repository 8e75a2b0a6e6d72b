namespace AiFunctions.Gateway.OutputFilter;

/// <summary>What the output filter looks for. The order is the priority of matches that start at the same place.</summary>
internal enum OutputCategory
{
    Blocklist,
    Secret,
    Email,
    CreditCard,
    Iban,
    Ssn,
    Phone,
    IpAddress,
    Internal,
    SystemPrompt,
    TrainingData,
    MaliciousCode,
    DangerousInstructions,
}
