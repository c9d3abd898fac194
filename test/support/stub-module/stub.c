/*
 * A PKCS#11 module that misbehaves on request. What it does is written in the file beside it (its own path and ".conf"), which
 * is read again at each call: lines NAME=VALUE. Names of functions are those of the standard.
 *
 *   hang=C_Sign            the function never returns
 *   slow=C_GenerateKey     the function takes two seconds
 *   crash=C_Sign           invalid memory is written;  abort=C_Sign  the process is aborted
 *   rv.C_Sign=0x32         what the function returns, without doing anything
 *   print=1                every function prints to both standard streams
 *   flags=0x10d            CK_TOKEN_INFO.flags;  serial=, label=  its names, of which %XX are bytes
 *   slots=, handles=       how many slots, or found objects, are claimed;  endless=1  objects never end
 *   length=                length that is claimed of CKA_LABEL
 *   objectLabel=           CKA_LABEL of the key, of which %XX are bytes
 *   always=1               the private key has CKA_ALWAYS_AUTHENTICATE;  anyPin=1  every PIN is the right one
 *
 * Each call is noted in the file with the ending ".calls": name of the function, for PINs their length, -1 for none at all.
 * With the flag of a reader with keys (0x100) an empty PIN is as good as none, as with OpenSC.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long CK_ULONG;
typedef CK_ULONG CK_RV;
typedef unsigned char CK_BYTE;
typedef struct { CK_BYTE major, minor; } CK_VERSION;
typedef struct { CK_VERSION cryptoki; CK_BYTE manufacturer[32]; CK_ULONG flags; CK_BYTE description[32]; CK_VERSION library; } CK_INFO;
typedef struct { CK_BYTE description[64], manufacturer[32]; CK_ULONG flags; CK_VERSION hardware, firmware; } CK_SLOT_INFO;
typedef struct {
  CK_BYTE label[32], manufacturer[32], model[16], serial[16];
  CK_ULONG flags, maxSessions, sessions, maxRwSessions, rwSessions, maxPin, minPin, publicMemory, freePublic, privateMemory, freePrivate;
  CK_VERSION hardware, firmware;
  CK_BYTE utcTime[16];
} CK_TOKEN_INFO;
typedef struct { CK_ULONG min, max, flags; } CK_MECHANISM_INFO;
typedef struct { CK_ULONG type; void *value; CK_ULONG length; } CK_ATTRIBUTE;

enum { CKR_OK = 0, CKR_SLOT_ID_INVALID = 3, CKR_ATTRIBUTE_TYPE_INVALID = 0x12, CKR_FUNCTION_NOT_SUPPORTED = 0x54, CKR_OBJECT_HANDLE_INVALID = 0x82, CKR_PIN_INCORRECT = 0xa0, CKR_SESSION_HANDLE_INVALID = 0xb3, CKR_USER_ALREADY_LOGGED_IN = 0x100, CKR_USER_NOT_LOGGED_IN = 0x101 };
enum { SECRET_KEY = 1, PRIVATE_KEY = 2, OBJECTS = 2 };

static const char pin[] = "1234";
static int session = 0, loggedIn = 0, saidAgain = 0, found = 0;

static const char *fileBeside(const char *ending) {
  static char path[4200];
  Dl_info info;
  dladdr((void *)fileBeside, &info);
  snprintf(path, sizeof path, "%s%s", info.dli_fname, ending);
  return path;
}

static const char *setting(const char *name) {
  static char line[1024];
  FILE *file = fopen(fileBeside(".conf"), "r");
  size_t length = strlen(name);
  const char *value = NULL;
  while (file && !value && fgets(line, sizeof line, file)) {
    line[strcspn(line, "\n")] = 0;
    if (!strncmp(line, name, length) && line[length] == '=') value = line + length + 1;
  }
  if (file) fclose(file);
  return value;
}

static CK_ULONG number(const char *name, CK_ULONG otherwise) {
  const char *value = setting(name);
  return value ? strtoul(value, NULL, 0) : otherwise;
}

static int is(const char *name, const char *function) {
  const char *value = setting(name);
  return value && !strcmp(value, function);
}

/* Bytes of a setting; the rest of the field stays as it is. */
static CK_ULONG bytesOf(const char *name, const char *otherwise, CK_BYTE *target, CK_ULONG room) {
  const char *at = setting(name);
  CK_ULONG length = 0;
  unsigned int byte;
  if (!at) at = otherwise;
  for (; *at && length < room; length++) {
    if (*at == '%' && sscanf(at + 1, "%2x", &byte) == 1) at += 3;
    else byte = (unsigned char)*at++;
    target[length] = (CK_BYTE)byte;
  }
  return length;
}

static void note(const char *function, const char *detail) {
  FILE *file = fopen(fileBeside(".calls"), "a");
  if (!file) return;
  fprintf(file, "%s%s\n", function, detail);
  fclose(file);
}

static CK_RV begin(const char *function, const char *detail) {
  char name[64];
  note(function, detail);
  if (setting("print")) {
    printf("{\"id\":1,\"ok\":true} %s\n", function);
    fprintf(stderr, "%s\n", function);
    fflush(stdout);
  }
  if (is("hang", function)) for (;;) pause();
  if (is("slow", function)) sleep(2);
  if (is("crash", function)) *(volatile int *)8 = 1;
  if (is("abort", function)) abort();
  snprintf(name, sizeof name, "rv.%s", function);
  return number(name, CKR_OK);
}

#define BEGIN_WITH(detail) do { CK_RV refusal = begin(__func__, detail); if (refusal) return refusal; } while (0)
#define BEGIN BEGIN_WITH("")
#define IN_SESSION(handle) do { if (!session || (handle) != 7) return CKR_SESSION_HANDLE_INVALID; } while (0)

static void pad(CK_BYTE *field, CK_ULONG room, const char *text) {
  memset(field, ' ', room);
  memcpy(field, text, strlen(text));
}

static CK_RV C_Initialize(void *args) { (void)args; BEGIN; return CKR_OK; }
static CK_RV C_Finalize(void *reserved) { (void)reserved; BEGIN; return CKR_OK; }

static CK_RV C_GetInfo(CK_INFO *info) {
  BEGIN;
  memset(info, 0, sizeof *info);
  info->cryptoki.major = 2;
  info->cryptoki.minor = 40;
  pad(info->manufacturer, 32, "Stub");
  pad(info->description, 32, "Misbehaves");
  return CKR_OK;
}

static CK_RV C_GetSlotList(CK_BYTE present, CK_ULONG *slots, CK_ULONG *count) {
  (void)present;
  BEGIN;
  if (slots) for (CK_ULONG at = 0; at < *count && at < 100000; at++) slots[at] = 5;
  *count = number("slots", 1);
  return CKR_OK;
}

static CK_RV C_GetSlotInfo(CK_ULONG slot, CK_SLOT_INFO *info) {
  BEGIN;
  if (slot != 5) return CKR_SLOT_ID_INVALID;
  memset(info, 0, sizeof *info);
  pad(info->description, 64, "Stub slot");
  pad(info->manufacturer, 32, "Stub");
  info->flags = setting("empty") ? 2 : 3;
  return CKR_OK;
}

static CK_RV C_GetTokenInfo(CK_ULONG slot, CK_TOKEN_INFO *info) {
  BEGIN;
  if (slot != 5) return CKR_SLOT_ID_INVALID;
  memset(info, 0, sizeof *info);
  pad(info->label, 32, "");
  pad(info->manufacturer, 32, "Stub");
  pad(info->model, 16, "Stub");
  pad(info->serial, 16, "");
  bytesOf("label", "stub", info->label, 32);
  bytesOf("serial", "0001", info->serial, 16);
  info->flags = number("flags", 0x40d);
  info->maxPin = number("maxPin", 16);
  info->minPin = 4;
  return CKR_OK;
}

static CK_RV C_GetMechanismList(CK_ULONG slot, CK_ULONG *mechanisms, CK_ULONG *count) {
  (void)slot;
  BEGIN;
  if (mechanisms) mechanisms[0] = 0x1080;
  *count = number("mechanisms", 1);
  return CKR_OK;
}

static CK_RV C_GetMechanismInfo(CK_ULONG slot, CK_ULONG mechanism, CK_MECHANISM_INFO *info) {
  (void)slot, (void)mechanism;
  BEGIN;
  info->min = 16;
  info->max = (CK_ULONG)-1;
  info->flags = 0x8000;
  return CKR_OK;
}

static CK_RV C_OpenSession(CK_ULONG slot, CK_ULONG flags, void *application, void *notify, CK_ULONG *handle) {
  (void)slot, (void)flags, (void)application, (void)notify;
  BEGIN;
  session++;
  *handle = 7;
  return CKR_OK;
}

static CK_RV C_CloseSession(CK_ULONG handle) {
  BEGIN;
  IN_SESSION(handle);
  if (--session == 0) loggedIn = 0;
  return CKR_OK;
}

static CK_RV C_Login(CK_ULONG handle, CK_ULONG user, CK_BYTE *given, CK_ULONG length) {
  char detail[32];
  snprintf(detail, sizeof detail, " %ld", given ? (long)length : -1L);
  BEGIN_WITH(detail);
  IN_SESSION(handle);
  if (loggedIn && user != 2) return CKR_USER_ALREADY_LOGGED_IN;
  if (setting("anyPin")) given = NULL;
  if (given && (length || !(number("flags", 0) & 0x100)) && (length != strlen(pin) || memcmp(given, pin, length))) return CKR_PIN_INCORRECT;
  if (user == 2) saidAgain = 1;
  else loggedIn = 1;
  return CKR_OK;
}

static CK_RV C_Logout(CK_ULONG handle) {
  BEGIN;
  IN_SESSION(handle);
  loggedIn = 0;
  return CKR_OK;
}

static CK_RV C_SetPIN(CK_ULONG handle, CK_BYTE *old, CK_ULONG oldLength, CK_BYTE *new, CK_ULONG newLength) {
  char detail[64];
  snprintf(detail, sizeof detail, " %ld %ld", old ? (long)oldLength : -1L, new ? (long)newLength : -1L);
  BEGIN_WITH(detail);
  IN_SESSION(handle);
  return CKR_OK;
}

static CK_RV C_InitPIN(CK_ULONG handle, CK_BYTE *new, CK_ULONG length) {
  char detail[32];
  snprintf(detail, sizeof detail, " %ld", new ? (long)length : -1L);
  BEGIN_WITH(detail);
  IN_SESSION(handle);
  return CKR_OK;
}

static CK_RV C_InitToken(CK_ULONG slot, CK_BYTE *given, CK_ULONG length, CK_BYTE *label) {
  char detail[32];
  (void)slot, (void)label;
  snprintf(detail, sizeof detail, " %ld", given ? (long)length : -1L);
  BEGIN_WITH(detail);
  return CKR_OK;
}

static CK_RV C_FindObjectsInit(CK_ULONG handle, CK_ATTRIBUTE *template, CK_ULONG count) {
  (void)template, (void)count;
  BEGIN;
  IN_SESSION(handle);
  found = 0;
  return CKR_OK;
}

static CK_RV C_FindObjects(CK_ULONG handle, CK_ULONG *objects, CK_ULONG room, CK_ULONG *count) {
  BEGIN;
  IN_SESSION(handle);
  if (setting("endless")) {
    for (CK_ULONG at = 0; at < room; at++) objects[at] = SECRET_KEY;
    *count = room;
    return CKR_OK;
  }
  for (*count = 0; found < OBJECTS && *count < room; (*count)++) objects[*count] = (CK_ULONG)++found;
  *count = number("handles", *count);
  return CKR_OK;
}

static CK_RV C_FindObjectsFinal(CK_ULONG handle) { BEGIN; IN_SESSION(handle); return CKR_OK; }

static CK_ULONG attribute(CK_ULONG object, CK_ULONG type, CK_BYTE *value) {
  CK_ULONG word;
  switch (type) {
    case 0x0: word = object == PRIVATE_KEY ? 3 : 4; break;
    case 0x100: word = object == PRIVATE_KEY ? 3 : 0x1f; break;
    case 0x161: word = 32; break;
    case 0x3: return bytesOf("objectLabel", "key", value, 256);
    case 0x102: value[0] = (CK_BYTE)object; return 1;
    case 0x1: case 0x2: case 0x103: case 0x104: case 0x108: value[0] = 1; return 1;
    case 0x202: value[0] = setting("always") != NULL; return 1;
    default: return (CK_ULONG)-1;
  }
  memcpy(value, &word, sizeof word);
  return sizeof word;
}

static CK_RV C_GetAttributeValue(CK_ULONG handle, CK_ULONG object, CK_ATTRIBUTE *template, CK_ULONG count) {
  CK_RV result = CKR_OK;
  CK_BYTE value[512];
  BEGIN;
  IN_SESSION(handle);
  if (object != SECRET_KEY && object != PRIVATE_KEY) return CKR_OBJECT_HANDLE_INVALID;
  for (CK_ULONG at = 0; at < count; at++) {
    CK_ULONG length = attribute(object, template[at].type, value);
    if (length == (CK_ULONG)-1) result = CKR_ATTRIBUTE_TYPE_INVALID;
    else if (template[at].value && template[at].length >= length) memcpy(template[at].value, value, length);
    template[at].length = template[at].type == 0x3 ? number("length", length) : length;
  }
  return result;
}

static CK_RV C_GenerateKey(CK_ULONG handle, void *mechanism, CK_ATTRIBUTE *template, CK_ULONG count, CK_ULONG *object) {
  (void)mechanism, (void)template, (void)count;
  BEGIN;
  IN_SESSION(handle);
  if (!loggedIn) return CKR_USER_NOT_LOGGED_IN;
  *object = SECRET_KEY;
  return CKR_OK;
}

static CK_RV C_SignInit(CK_ULONG handle, void *mechanism, CK_ULONG key) {
  (void)mechanism, (void)key;
  BEGIN;
  IN_SESSION(handle);
  if (!loggedIn) return CKR_USER_NOT_LOGGED_IN;
  saidAgain = 0;
  return CKR_OK;
}

static CK_RV C_Sign(CK_ULONG handle, CK_BYTE *data, CK_ULONG length, CK_BYTE *signature, CK_ULONG *signatureLength) {
  (void)data, (void)length;
  BEGIN;
  IN_SESSION(handle);
  if (setting("always") && !saidAgain) return CKR_USER_NOT_LOGGED_IN;
  if (signature && *signatureLength >= 64) memset(signature, 0x5a, 64);
  *signatureLength = number("signature", 64);
  return CKR_OK;
}

static CK_RV notSupported(void) { return CKR_FUNCTION_NOT_SUPPORTED; }

/* CK_FUNCTION_LIST of version 2.40: the version, and functions in the order of the standard. */
static struct { CK_VERSION version; void *functions[68]; } list = { { 2, 40 }, { 0 } };

CK_RV C_GetFunctionList(void **result) {
  void *own[68] = {
    [0] = C_Initialize, [1] = C_Finalize, [2] = C_GetInfo, [3] = C_GetFunctionList, [4] = C_GetSlotList, [5] = C_GetSlotInfo,
    [6] = C_GetTokenInfo, [7] = C_GetMechanismList, [8] = C_GetMechanismInfo, [9] = C_InitToken, [10] = C_InitPIN, [11] = C_SetPIN,
    [12] = C_OpenSession, [13] = C_CloseSession, [18] = C_Login, [19] = C_Logout, [24] = C_GetAttributeValue,
    [26] = C_FindObjectsInit, [27] = C_FindObjects, [28] = C_FindObjectsFinal, [42] = C_SignInit, [43] = C_Sign, [58] = C_GenerateKey,
  };
  for (int at = 0; at < 68; at++) list.functions[at] = own[at] ? own[at] : (void *)notSupported;
  *result = &list;
  return begin("C_GetFunctionList", "");
}
