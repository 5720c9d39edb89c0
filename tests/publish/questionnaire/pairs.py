"""Question, claim's sentence, and the answer that the sentence allows: yes, no, or nothing (it does not settle it).

Written in the manner of real questionnaires. `nothing` is right where a careful person would not answer from it.
"""

from __future__ import annotations

YES, NO, NOTHING = "yes", "no", "nothing"

REST = "Customer data at rest is encrypted with AES-256."
HASH = "Passwords are stored only as bcrypt hashes with a cost of at least 12."
TENANT = "Requests for another tenant's data are refused (248 of 248 routes tried)."
ROWS = "Tenants are isolated by row-level security."
SALE = "We do not sell or share personal data."
TRAIN = "Customer data is never used to train AI models."
MFA = "Account owners must use a second factor."
STAFF_MFA = "Sign-in without a second factor is refused."
SOME_MFA = "Account owners and our staff must use a second factor."
APP = "Any authenticator app can be the second factor."
NAMED = "Every person has an individual account; shared accounts do not exist."
LOG = "The audit log is append-only: updates and deletions by the application are denied."
TEST = "Production data is never used in test environments."
CARD = "We do not store payment card data."
DATABASE = "Databases are not reachable from the internet."
TLS = "Connections use TLS 1.2 or 1.3; TLS 1.0 and TLS 1.1 are refused."
NEWER = "Connections use TLS 1.2 or newer."
LENGTH = "Passwords have at least 15 characters."
SHORT = "Passwords have at least 8 characters."
COMMON = "Known breached and common passwords are refused."
BACKUP = "Backups are made at least every 24 hours."
WEEKLY = "Backups are made every week."
HOURLY = "Backups are made hourly."
NOTICE = "Affected customers are notified of a data breach within 48 hours."
SLOW = "Affected customers are notified of a data breach within 5 days."
KEPT = "Audit logs are kept for at least 400 days."
BRIEF = "Audit logs are kept for 90 days."
IDLE = "Sessions end after 30 minutes without activity."
LEAVER = "Accounts of leavers are disabled within 24 hours of their departure."
REVIEW = "User access rights are reviewed every quarter."
YEARLY = "User access rights are reviewed every year."
DELETE = "Customer data is deleted within 30 days after the contract ends."
RESTORE = "Restoring from backup is tested every month."
BACKUP_REST = "Backups are encrypted with AES-256."
WEAK = "Customer data at rest is encrypted with AES-128."
UPTIME = "Measured availability was 99.95 % over the last 90 days."
LOCK = "Sign-in is locked for a time after 10 failed attempts."
DEFAULT = "Default passwords are removed before a system goes live."
USB = "Removable media are blocked on all laptops."
CODE = "Code is reviewed by a second person before it reaches production."
TRAINING = "Employees receive security awareness training every year."

PAIRS: tuple[tuple[str, str, str], ...] = (
    # the plain and the opposite
    ("Is customer data encrypted at rest?", REST, YES),
    ("Is customer data ever stored unencrypted?", REST, NO),
    ("Do you store any customer data in clear text?", REST, NO),
    ("Is any customer data at rest not encrypted?", REST, NO),
    ("Do you ensure that no customer data is stored unencrypted?", REST, YES),
    ("Is data at rest protected by encryption?", REST, YES),
    ("Are passwords hashed?", HASH, YES),
    ("Are passwords ever stored in plain text?", HASH, NO),
    ("Are user passwords kept in a readable form?", HASH, NO),
    ("Do you store passwords using reversible encryption?", HASH, NO),
    ("Are passwords never stored in plaintext?", HASH, YES),
    ("Do you avoid storing passwords in clear text?", HASH, YES),
    ("Are passwords stored with a one-way function?", HASH, YES),
    ("Can one customer access another customer's data?", TENANT, NO),
    ("Is it possible for one tenant to read another tenant's data?", TENANT, NO),
    ("Are customers prevented from accessing another customer's data?", TENANT, YES),
    ("Is our data logically separated from other customers?", TENANT, YES),
    ("Is customer data commingled?", ROWS, NO),
    ("Are tenants isolated from each other?", ROWS, YES),
    ("Can other customers see our data?", ROWS, NO),
    ("Do you ensure customers cannot see another customer's data?", ROWS, YES),
    ("Do you sell personal data?", SALE, NO),
    ("Do you refrain from selling personal data?", SALE, YES),
    ("Do you sell or rent customer data to third parties?", SALE, NO),
    ("Can you confirm that you do not sell personal information?", SALE, YES),
    ("Is customer data used to train AI models?", TRAIN, NO),
    ("Do you use our data to train machine learning models?", TRAIN, NO),
    ("Is the use of customer data for model training prohibited?", TRAIN, YES),
    ("Do you use AI in your product?", TRAIN, NOTHING),
    ("Do account owners sign in with multi-factor authentication?", MFA, YES),
    ("Can account owners sign in with a password alone?", MFA, NO),
    ("Is single factor sign-in possible for account owners?", MFA, NO),
    ("Is MFA enforced?", STAFF_MFA, YES),
    ("Is sign-in without MFA possible?", STAFF_MFA, NO),
    ("Is access without a second factor blocked?", STAFF_MFA, YES),
    ("Do your employees use shared accounts?", NAMED, NO),
    ("Does each user have a unique user ID?", NAMED, YES),
    ("Are generic accounts prohibited?", NAMED, YES),
    ("Are shared credentials in use?", NAMED, NO),
    ("Is the audit trail immutable?", LOG, YES),
    ("Are audit logs protected against modification?", LOG, YES),
    ("Can audit log records be tampered with?", LOG, NO),
    ("Can users alter audit logs?", LOG, NO),
    ("Is production data used in test environments?", TEST, NO),
    ("Is the use of production data in test prohibited?", TEST, YES),
    ("Do you use live data in test systems?", TEST, NO),
    ("Do you store credit card numbers?", CARD, NO),
    ("Is cardholder data stored?", CARD, NO),
    ("Are your databases exposed to the internet?", DATABASE, NO),
    ("Are databases publicly accessible?", DATABASE, NO),
    ("Are databases not publicly accessible?", DATABASE, YES),
    ("Is removable media blocked on laptops?", USB, YES),
    ("Are USB drives allowed on laptops?", USB, NO),
    ("Are default passwords removed before systems go live?", DEFAULT, YES),
    ("Are common passwords blocked?", COMMON, YES),
    ("Are breached passwords rejected?", COMMON, YES),
    ("Can users choose a compromised password?", COMMON, NOTHING),
    ("Is code reviewed before release?", CODE, YES),
    ("Is code reviewed by a second person before it reaches production?", CODE, YES),
    ("Can code reach production without a code review?", CODE, NO),
    ("Are accounts locked after failed login attempts?", LOCK, YES),
    # versions
    ("Is TLS 1.2 or higher used?", TLS, YES),
    ("Do you support TLS 1.3?", TLS, YES),
    ("Do you still support TLS 1.0?", TLS, NO),
    ("Are TLS 1.0 and 1.1 disabled?", TLS, YES),
    ("Is TLS 1.1 accepted?", TLS, NO),
    ("Are TLS versions below 1.2 disabled?", TLS, YES),
    ("Is TLS 1.3 required?", TLS, NO),
    ("Do you enforce a minimum of TLS 1.2?", NEWER, YES),
    ("Do you accept TLS 1.0?", NEWER, NO),
    ("Is TLS 1.0 refused?", NEWER, YES),
    ("Is SSL 3.0 supported?", NEWER, NO),
    ("Do you enforce TLS 1.3 or higher?", NEWER, NO),
    # lengths and key sizes
    ("Must passwords have at least 12 characters?", LENGTH, YES),
    ("Must passwords be at least 14 characters long?", LENGTH, YES),
    ("Is the minimum password length 15 characters?", LENGTH, YES),
    ("Must passwords have at least 16 characters?", LENGTH, NO),
    ("Do you require passwords with a minimum of 12 characters?", SHORT, NO),
    ("Are passwords shorter than 12 characters accepted?", LENGTH, NO),
    ("Are passwords with fewer than 10 characters rejected?", LENGTH, YES),
    ("Is data at rest encrypted with AES-256?", REST, YES),
    ("Is data at rest encrypted with AES-256?", WEAK, NO),
    ("Is data at rest encrypted with AES-128 or stronger?", REST, YES),
    # frequencies and deadlines
    ("Are backups made daily?", BACKUP, YES),
    ("Are backups made at least daily?", BACKUP, YES),
    ("Are backups made at least weekly?", BACKUP, YES),
    ("Are backups made every 12 hours?", BACKUP, NO),
    ("Are backups made hourly?", BACKUP, NO),
    ("Are backups made at least daily?", WEEKLY, NO),
    ("Are backups made at least once a week?", WEEKLY, YES),
    ("Are backups made at least once a month?", WEEKLY, YES),
    ("Are backups made every day?", HOURLY, YES),
    ("Are backups made at least every four hours?", HOURLY, YES),
    ("Is a restore from backup tested at least annually?", RESTORE, YES),
    ("Is a restore from backup tested quarterly?", RESTORE, YES),
    ("Is a restore from backup tested every week?", RESTORE, NO),
    ("Are customers notified of a data breach within 72 hours?", NOTICE, YES),
    ("Are customers notified of a data breach within 24 hours?", NOTICE, NO),
    ("Are customers notified of a breach in no more than two days?", NOTICE, YES),
    ("Are customers notified of a data breach within 72 hours?", SLOW, NO),
    ("Are audit logs retained for at least one year?", KEPT, YES),
    ("Are audit logs kept for 12 months?", KEPT, YES),
    ("Are audit logs kept for at least 2 years?", KEPT, NO),
    ("Are audit logs retained for a minimum of 365 days?", BRIEF, NO),
    ("Are audit logs kept for at least 90 days?", BRIEF, YES),
    ("Do sessions expire after 60 minutes of inactivity?", IDLE, YES),
    ("Do idle sessions end within 15 minutes?", IDLE, NO),
    ("Is access of leavers revoked within 24 hours?", LEAVER, YES),
    ("Is access of leavers revoked within one week?", LEAVER, YES),
    ("Is access of leavers revoked within 1 hour?", LEAVER, NO),
    ("Is user access reviewed at least quarterly?", REVIEW, YES),
    ("Is user access reviewed at least annually?", REVIEW, YES),
    ("Is user access reviewed monthly?", REVIEW, NO),
    ("Is user access reviewed at least every six months?", YEARLY, NO),
    ("Is customer data deleted within 90 days after the contract ends?", DELETE, YES),
    ("Is customer data deleted within 7 days after the contract ends?", DELETE, NO),
    ("Is availability at least 99.9%?", UPTIME, YES),
    ("Is availability at least 99.99%?", UPTIME, NO),
    ("Do employees receive security awareness training annually?", TRAINING, YES),
    ("Do employees receive security awareness training every quarter?", TRAINING, NO),
    # near misses: the sentence is about something else
    ("Are backups encrypted?", BACKUP, NOTHING),
    ("Are backups encrypted?", BACKUP_REST, YES),
    ("Are backups ever stored unencrypted?", BACKUP_REST, NO),
    ("Are backups immutable?", BACKUP, NOTHING),
    ("Are backups stored offsite?", BACKUP, NOTHING),
    ("Do customers hold their own encryption keys?", REST, NOTHING),
    ("Is data encrypted in transit?", REST, NOTHING),
    ("Is data encrypted at rest?", TLS, NOTHING),
    ("Do you support single sign-on?", MFA, NOTHING),
    ("Have you experienced a data breach in the last 24 months?", NOTICE, NOTHING),
    ("Do you carry insurance for data breaches?", NOTICE, NOTHING),
    ("Are logs reviewed weekly?", KEPT, NOTHING),
    ("Are penetration tests performed annually?", RESTORE, NOTHING),
    ("Do passwords expire every 90 days?", LENGTH, NOTHING),
    ("Must passwords have at least 12 characters?", COMMON, NOTHING),
    ("Do contractors receive security awareness training?", TRAINING, NOTHING),
    ("Are company laptops encrypted?", REST, NOTHING),
    # other wordings of the same
    ("Are any customer records held in cleartext on your servers?", REST, NO),
    ("Do you encrypt stored customer data?", REST, YES),
    ("Does the vendor encrypt all data at rest using AES 256 or better?", REST, YES),
    ("Are credentials saved in a recoverable format?", HASH, NOTHING),
    ("Are users' passwords salted and hashed?", HASH, YES),
    ("Would a tenant be able to view data belonging to another customer?", TENANT, NO),
    ("Please confirm that tenant data is segregated.", ROWS, YES),
    ("Is there any risk of cross-tenant access?", TENANT, NOTHING),
    ("Will our data be sold?", SALE, NO),
    ("Do you monetise personal data by selling it?", SALE, NO),
    ("Will our content be used for AI training?", TRAIN, NO),
    ("Are AI models trained on customer content?", TRAIN, NO),
    ("Is a second factor mandatory for account owners?", MFA, YES),
    ("Can users log in without MFA?", STAFF_MFA, NO),
    ("Is two-step verification optional?", STAFF_MFA, NOTHING),
    ("Are login credentials shared between employees?", NAMED, NO),
    ("Is every user assigned a unique account?", NAMED, YES),
    ("Can log files be altered?", LOG, NO),
    ("Are logs immutable?", LOG, YES),
    ("Do testers work with live customer data?", TEST, NOTHING),
    ("Is real production data copied to test environments?", TEST, NO),
    ("Do you retain cardholder data?", CARD, NO),
    ("Do databases have a public internet endpoint?", DATABASE, NOTHING),
    ("Is the database shielded from the public internet?", DATABASE, YES),
    ("Has TLS 1.0 been switched off?", TLS, YES),
    ("Do you allow connections over TLS 1.1?", TLS, NO),
    ("Is at least TLS 1.2 enforced for all connections?", NEWER, YES),
    ("Is a password of 8 characters accepted?", LENGTH, NO),
    ("Are passwords required to be longer than 11 characters?", LENGTH, YES),
    ("Is the minimum password length 12 characters or more?", SHORT, NO),
    ("Do you perform nightly backups?", BACKUP, YES),
    ("Are backups performed twice a day?", BACKUP, NO),
    ("Is data backed up at least every 48 hours?", BACKUP, YES),
    ("Do you test restores at least twice a year?", RESTORE, YES),
    ("Will you inform us of a breach no later than 36 hours?", NOTICE, NO),
    ("Do you commit to notifying customers of a breach within three days?", NOTICE, YES),
    ("Is the log retention period 6 months or longer?", BRIEF, NO),
    ("Are logs retained for one year or more?", KEPT, YES),
    ("Do user sessions time out after one hour of inactivity?", IDLE, YES),
    ("Are terminated employees' accounts disabled the same day?", LEAVER, NOTHING),
    ("Is access for leavers removed within five business days?", LEAVER, YES),
    ("Do you recertify user access every six months?", REVIEW, YES),
    ("Do you erase our data within two weeks of contract termination?", DELETE, NO),
    ("Do you purge customer data within 60 days of contract termination?", DELETE, YES),
    ("Is the use of USB drives on laptops prohibited?", USB, YES),
    ("Can deployments bypass code review?", CODE, NO),
    ("Do all staff complete security training at least annually?", TRAINING, YES),
    ("Are backups kept unencrypted?", BACKUP_REST, NO),
    ("Are customers notified when their encryption keys rotate?", NOTICE, NOTHING),
    # some people, all people; what is possible, what is required
    ("Is multi-factor authentication required for all users?", SOME_MFA, NOTHING),
    ("Is MFA mandatory for every user account?", SOME_MFA, NOTHING),
    ("Must everyone use two-factor authentication?", SOME_MFA, NOTHING),
    ("Are account owners required to use multi-factor authentication?", SOME_MFA, YES),
    ("Do your staff have to use a second factor?", SOME_MFA, YES),
    ("Is multi-factor authentication mandatory?", APP, NOTHING),
    ("Do you enforce multi-factor authentication?", APP, NOTHING),
    ("Is a second factor required to sign in?", APP, NOTHING),
)
